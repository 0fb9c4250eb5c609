import { h, useMemo } from "../../lib/dom.js";
import { percent } from "../../lib/format.js";

const RADIUS = 176;
const BARS_FROM = RADIUS + 25;
const BARS_TO = 262;
const PULL = 0.28;
const TRAIL = 7;

/** Point on the ring; state 0 is on top. */
function point(state, states, radius) {
  const angle = (state / states) * 2 * Math.PI - Math.PI / 2;
  return [Math.cos(angle) * radius, Math.sin(angle) * radius];
}

const at = ([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** A curve that bends towards the middle, so that neighbours are told apart from crossings. */
function curve(from, to, states) {
  const a = point(from, states, RADIUS);
  const b = point(to, states, RADIUS);
  if (from === to) {
    const out = point(from, states, RADIUS - 26);
    return `M${at(a)}Q${at([out[0] * 1.04 - out[1] * 0.1, out[1] * 1.04 + out[0] * 0.1])} ${at(out)}T${at(a)}`;
  }
  return `M${at(a)}Q${at([((a[0] + b[0]) / 2) * PULL, ((a[1] + b[1]) / 2) * PULL])} ${at(b)}`;
}

/**
 * The automaton: a state is a dot, its successors are curves, the walk is the lit path, and outside stand the probabilities of
 * the next state, unsteered and steered.
 *
 * @param {{automaton: import("./automaton.js").Automaton, walk: (number | null)[], target: number | null, isSteered: boolean,
 *   distribution: import("./lab.js").Lab["distribution"], onPick: (state: number) => void}} props
 */
export function Ring({ automaton, walk, target, isSteered, distribution, onPick }) {
  const { states } = automaton;
  const edges = useMemo(() => automaton.successors.flatMap((next, from) => next.map((to) => curve(from, to, states))).join(""), [automaton]);
  const current = walk.at(-1) ?? null;
  const allowed = new Set(current === null ? [] : automaton.successors[current]);
  const wanted = new Set(target === null ? [] : automaton.successors[target]);
  const trail = walk.slice(-TRAIL - 1);
  const focus = current ?? target ?? 0;
  const onKeyDown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const here = Number(event.target.closest("[data-state]")?.dataset.state);
    if (step) {
      event.preventDefault();
      event.currentTarget.querySelector(`[data-state="${(here + step + states) % states}"]`)?.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      onPick(here);
    }
  };
  return h("svg", { class: "ring", viewBox: "-270 -270 540 540", role: "group", "aria-label": `Automaton of ${states} states`, onKeyDown },
    h("path", { class: "edges", d: edges }),
    current !== null && h("path", { class: "edges allowed", d: [...allowed].map((to) => curve(current, to, states)).join("") }),
    isSteered && target !== null && h("path", { class: "edges wanted", d: [...wanted].map((to) => curve(target, to, states)).join("") }),
    trail.slice(1).map((to, i) => trail[i] !== null && to !== null &&
      h("path", { key: `${walk.length - trail.length + i}`, class: `step${automaton.allows(trail[i], to) ? "" : " foreign"}`, opacity: (i + 1) / trail.length, d: curve(trail[i], to, states) })),
    distribution && h(Probabilities, { states, distribution }),
    Array.from({ length: states }, (_, state) => {
      const [x, y] = point(state, states, RADIUS);
      const [lx, ly] = point(state, states, RADIUS + 13);
      const marks = [state === current && "current", state === target && "target", allowed.has(state) && "allowed", wanted.has(state) && "wanted"].filter(Boolean);
      return h("g", {
        key: state, class: `state ${marks.join(" ")}`, "data-state": state, role: "button", tabindex: state === focus ? 0 : -1,
        "aria-label": `State ${automaton.text(state)}${marks.length ? `, ${marks.map((mark) => NAMES[mark]).join(", ")}` : ""}`, onClick: () => onPick(state),
      }, h("circle", { class: "touch", cx: x, cy: y, r: 9 }), h("circle", { class: "dot", cx: x, cy: y, r: state === current ? 7.5 : state === target ? 6.5 : 3.6 }),
        h("text", { x: lx, y: ly, "text-anchor": "middle", "dominant-baseline": "central" }, automaton.text(state)));
    }),
    h("g", { class: "centre", "aria-hidden": "true" }, h("text", { class: "now", y: -4 }, current === null ? "–" : automaton.text(current)),
      h("text", { class: "about", y: 22 }, current === null ? "no walk yet" : isSteered && target !== null ? `believes it is in ${automaton.text(target)}` : "current state")));
}

const NAMES = { current: "current", target: "target", allowed: "may follow the current one", wanted: "may follow the target" };

function Probabilities({ states, distribution }) {
  const { before, after } = distribution;
  const top = Math.max(...before, ...after, 0.05);
  const bar = (values, shift, name) => h("g", { class: name }, values.map((chance, state) => {
    if (chance < 0.002) return null;
    const a = point(state + shift, states, BARS_FROM);
    const b = point(state + shift, states, BARS_FROM + (BARS_TO - BARS_FROM) * (chance / top));
    return h("line", { key: state, x1: a[0], y1: a[1], x2: b[0], y2: b[1] });
  }));
  return h("g", { class: "chances", role: "img", "aria-label": `Probability of the next state; the longest line is ${percent(top)}` },
    h("circle", { class: "scale", r: BARS_FROM }), h("circle", { class: "scale dashed", r: BARS_TO }),
    bar(before, -0.2, "before"), bar(after, 0.2, "after"));
}
