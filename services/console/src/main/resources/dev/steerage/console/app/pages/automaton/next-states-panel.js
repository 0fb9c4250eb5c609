import { h } from "../../lib/dom.js";
import { percent } from "../../lib/format.js";
import { ChartFrame } from "../../charts/frame.js";
import { Empty, Progress } from "../../parts/states.js";

/** Probability of each next state, before and after. @param {{lab: import("./lab.js").Lab}} props */
export function NextStates({ lab }) {
  const { distribution, automaton } = lab;
  return h("section", { class: "panel grow", "aria-label": "Next state" },
    h("header", {}, h("h2", {}, "Next state"),
      h("div", { class: "end" }, h("button", { class: "button", type: "button", disabled: lab.target === null || lab.survey.state !== "done" || lab.isMeasuring, onClick: () => lab.measure() }, "Measure again"))),
    h("div", { class: "body" },
      lab.isMeasuring && h(Progress, { label: "Asking for every next state" }),
      !distribution && !lab.isMeasuring && h(Empty, { title: "Nothing measured yet" }, "Find the codes, then click a state: its exact next-state probabilities are asked with and without the target's codes."),
      distribution && h(Comparison, { automaton, distribution })));
}

function Comparison({ automaton, distribution }) {
  const { source, target, before, after } = distribution;
  const wanted = automaton.successors[target];
  const own = automaton.successors[source];
  const sum = (values, states) => states.reduce((total, state) => total + values[state], 0);
  const top = Math.max(...before, ...after);
  const all = [...new Set([...wanted, ...own])];
  const order = before.map((_, state) => state).sort((a, b) => after[b] - after[a]);
  return h("div", { class: "stack" },
    h("p", { class: "small" }, "After a walk that ends in ", h("strong", {}, automaton.text(source)), ": probability on the successors of ", h("strong", { class: "steer-text" }, automaton.text(target)), " ",
      h("strong", {}, percent(sum(before, wanted))), " unsteered, ", h("strong", { class: "steer-text" }, percent(sum(after, wanted))), " steered; on its own successors ", percent(sum(before, own)), ", then ", percent(sum(after, own)), "."),
    h(ChartFrame, { title: "Successors", unit: "probability; exact", head: ["state", "unsteered", "steered", "follows"], rows: () => order.map((state) => [automaton.text(state), percent(before[state]), percent(after[state]), follows(automaton, source, target, state)]) },
      h("div", { class: "pairs" }, all.map((state) => [
        h("span", { key: `s${state}`, class: `mono${wanted.includes(state) ? " steer-text" : ""}`, title: follows(automaton, source, target, state) }, automaton.text(state)),
        h("span", { key: `b${state}`, class: "pair", "aria-hidden": "true" },
          h("i", { class: "before", style: { width: `${(before[state] / top) * 100}%` } }), h("i", { class: "after", style: { width: `${(after[state] / top) * 100}%` } })),
        h("span", { key: `n${state}`, class: "value" }, percent(before[state]), " → ", h("b", {}, percent(after[state]))),
      ]))),
    h("p", { class: "small quiet" }, "Thin and teal: unsteered. Thick and amber: the target's codes activated at the last digit and the next one."));
}

function follows(automaton, source, target, state) {
  const names = [automaton.allows(source, state) && automaton.text(source), automaton.allows(target, state) && automaton.text(target)].filter(Boolean);
  return names.length ? `follows ${names.join(" and ")}` : "follows neither";
}
