import { h } from "../../lib/dom.js";
import { plural } from "../../lib/format.js";
import { Check, Choice } from "../../parts/field.js";
import { Failure, Progress } from "../../parts/states.js";
import { session } from "../../state/session.js";

/** Three steps: find the codes, write a walk, make it believe. @param {{lab: import("./lab.js").Lab, walk: any[]}} props */
export function Controls({ lab, walk }) {
  const isLive = Boolean(lab.run?.isLive);
  const states = Array.from({ length: lab.automaton.states }, (_, state) => ({ value: String(state), name: lab.automaton.text(state) }));
  return h("section", { class: "panel", "aria-label": "Experiment" },
    h("header", {}, h("h2", {}, "Experiment"), h("span", { class: "end small quiet" }, lab.card.model)),
    h("div", { class: "body stack" },
      lab.error && h(Failure, { error: lab.error }),
      h(Step, { n: 1, title: "Find the codes" }, h(Finding, { lab })),
      h(Step, { n: 2, title: "Write a walk" },
        h("div", { class: "row wrap" },
          h(Choice, { label: "First state", hidden: true, value: String(lab.first), options: states, onChange: (value) => { lab.first = Number(value); lab.changed(); } }),
          h(Choice, { label: "Pace", hidden: true, value: String(lab.pace), options: [2, 4, 6, 10, 20].map((pace) => ({ value: String(pace), name: `${pace} tokens/s` })), onChange: (value) => { lab.pace = Number(value); lab.changed(); } }),
          h("button", { class: "button primary grow", type: "button", disabled: !session.canWrite, onClick: () => lab.start() }, isLive ? "Start again" : "Write"),
          h("button", { class: "button", type: "button", disabled: !isLive, onClick: () => lab.stop() }, "Stop"))),
      h(Step, { n: 3, title: "Make it believe that it is elsewhere" },
        h("div", { class: "row wrap" },
          h(Choice, { label: "Target state", hidden: true, value: lab.target === null ? "" : String(lab.target), options: [{ value: "", name: "target…" }, ...states], onChange: (value) => lab.aim(value === "" ? null : Number(value)) }),
          lab.steering
            ? h("button", { class: "button grow", type: "button", onClick: () => lab.release(), disabled: lab.steering.state === "removing" }, "Let go")
            : h("button", { class: "button activate grow", type: "button", disabled: !isLive || lab.target === null || lab.survey.state !== "done", onClick: () => lab.engage() }, lab.target === null ? "Activate its codes" : `Activate the codes of ${lab.automaton.text(lab.target)}`)),
        h(Check, { label: "MLP sites only", checked: lab.mlpOnly, onChange: (on) => lab.setMlpOnly(on) }),
        h(SteeringState, { lab, walk }))));
}

function Step({ n, title, children }) {
  return h("div", { class: "lab-step" }, h("span", { class: "lab-step-number", "aria-hidden": "true" }, n), h("div", { class: "stack tight grow" }, h("h3", {}, title), children));
}

function Finding({ lab }) {
  const { survey } = lab;
  if (survey.state === "running") return h("div", { class: "stack tight", role: "status" }, h(Progress, { value: survey.done / survey.total, label: "Walks read" }), h("span", { class: "small quiet" }, `${survey.done} of ${survey.total} walks sent and read back`));
  if (survey.state === "failed") return h(Failure, { error: survey.error, retry: () => lab.find() });
  if (survey.state === "done") return h("p", { class: "small" }, `${plural(survey.codes.positions, "position")} read; `, lab.target === null ? "pick a target." : h("span", {}, `state ${lab.automaton.text(lab.target)} was seen ${survey.codes.times(lab.target, "")} times, `, plural(lab.steps.reduce((n, each) => n + each.codes.length, 0), "code"), ` at ${plural(lab.steps.length, "step")}.`));
  return h("div", { class: "row" }, h("button", { class: "button grow", type: "button", disabled: !session.canWrite, onClick: () => lab.find().then(() => lab.aim(lab.target)) }, `Send ${survey.total} walks`), h("span", { class: "small quiet grow" }, "and read which codes fire in which state"));
}

function SteeringState({ lab, walk }) {
  const { steering } = lab;
  if (!steering) return null;
  const { from } = steering;
  const follows = pairs(walk).filter(([a, b]) => a.state !== null && b.state !== null);
  const before = follows.filter(([, b]) => from === null || b.token < from);
  // The first state that began after the first affected token: the one it fell into is half free.
  const after = from === null ? [] : follows.filter(([, b]) => b.token - lab.automaton.digits + 1 >= from);
  const hits = (list) => list.filter(([, b]) => lab.automaton.allows(steering.target, b.state)).length;
  const target = lab.automaton.text(steering.target);
  return h("div", { class: "notice steer", role: "status" }, h("div", { class: "stack tight" },
    h("strong", {}, steering.state === "publishing" ? `Publishing ${plural(steering.rules.length, "rule")}…` : steering.state === "removing" ? "Taking the rules away…" : `${plural(steering.rules.length, "rule")} acknowledged in ${Math.round(steering.tookMs)} ms`),
    h("span", {}, from === null ? "Waiting for the first affected token." : `First affected token: ${from}.`),
    from !== null && h("span", {}, `States that follow ${target}: ${hits(before)} of ${before.length} before, ${hits(after)} of ${after.length} after.`)));
}

const pairs = (walk) => walk.slice(1).map((each, i) => [walk[i], each]);
