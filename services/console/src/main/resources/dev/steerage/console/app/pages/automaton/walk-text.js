import { h, useEffect, useRef } from "../../lib/dom.js";

/** The walk as it is written; amber is steered, a mark where the steering begins. @param {{lab: import("./lab.js").Lab, walk: any[]}} props */
export function WalkText({ lab, walk }) {
  const box = useRef(null);
  useEffect(() => {
    if (box.current) box.current.scrollLeft = box.current.scrollWidth;
  }, [walk.length]);
  if (!lab.run) return null;
  const aim = lab.steering?.target ?? lab.target;
  const from = lab.steering?.from ?? null;
  const mark = from === null ? -1 : walk.findIndex((each) => each.token >= from);
  return h("div", { class: "walk-text", ref: box, tabIndex: 0, role: "log", "aria-label": "Walk", "aria-live": "off" },
    walk.map((each, i) => {
      const previous = walk[i - 1]?.state;
      const token = lab.run.tokens[each.token];
      const follows = i === 0 || previous === null || lab.automaton.allows(previous, each.state);
      const hits = aim !== null && i > 0 && lab.automaton.allows(aim, each.state);
      const text = each.state === null ? "??" : lab.automaton.text(each.state);
      return [i === mark && h("span", { key: "mark", class: "flag", role: "img", "aria-label": `steering holds from token ${from}`, title: `steering holds from token ${from}` }, "▸"),
        h("span", { key: i, class: `walk-state${token?.steered ? " t-steered" : ""}${follows ? "" : " foreign"}${hits ? " hit" : ""}`, title: `${follows ? "a successor of the state before" : "no successor of the state before"}${hits ? "; may follow the target" : ""}` }, text)];
    }),
    lab.run.isLive && h("span", { class: "caret", "aria-hidden": "true" }));
}
