import { h, useEffect } from "../../lib/dom.js";
import { useStores } from "../../lib/store.js";
import { session } from "../../state/session.js";
import { Empty, Failure, Progress } from "../../parts/states.js";
import { Controls } from "./controls.js";
import { labOf } from "./lab.js";
import { NextStates } from "./next-states-panel.js";
import { Ring } from "./ring.js";
import { WalkText } from "./walk-text.js";

/** The paper's experiment as a picture that one can play with. @param {{card: import("../../state/session.js").ModelCard}} props */
export function AutomatonPage({ card }) {
  if (!card.hasAutomaton) return h(NoAutomaton, { card });
  return h(LabPage, { lab: labOf(card) });
}

function NoAutomaton({ card }) {
  const other = session.models.find((each) => each.hasAutomaton);
  return h("div", { class: "panel" }, h(Empty, { title: `${card.model} has learned no automaton` },
    other ? [`This page needs a model whose states are known, such as ${other.model}. `,
      h("button", { class: "button", type: "button", onClick: () => session.choose(other.model) }, `Use ${other.model}`)]
      : "This page needs a model that was trained on a finite automaton, with automaton.json in its folder."));
}

function LabPage({ lab }) {
  useStores(lab, session);
  useEffect(() => {
    lab.open();
  }, [lab]);
  if (!lab.automaton) return lab.error ? h(Failure, { error: lab.error, retry: () => lab.open() }) : h(Progress, { label: "Reading the automaton" });
  const walk = lab.walk();
  return h("div", { class: "lab" },
    h("h1", { class: "visually-hidden" }, "TokFSM"),
    h("section", { class: "panel lab-picture", "aria-label": "Automaton" },
      h("header", {}, h("h2", {}, "Automaton"), h("span", { class: "small quiet" }, `${lab.automaton.states} states, ${lab.automaton.successors[0].length} successors each`),
        h("div", { class: "end ring-legend small" }, h("span", { class: "key-current" }, "current"), h("span", { class: "key-allowed" }, "may follow"), h("span", { class: "key-wanted" }, "may follow the target"))),
      h("div", { class: "body flush" }, h(Ring, {
        automaton: lab.automaton, walk: walk.map((each) => each.state), target: lab.target, isSteered: lab.steering !== null,
        distribution: lab.distribution, onPick: (state) => lab.aim(state === lab.target ? null : state),
      })),
      h(WalkText, { lab, walk })),
    h("div", { class: "stack lab-side" }, h(Controls, { lab, walk }), h(NextStates, { lab })));
}
