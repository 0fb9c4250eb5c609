import { h } from "../../lib/dom.js";
import { Check, Field } from "../../parts/field.js";
import { session } from "../../state/session.js";

/** Prompt and sampling. @param {{bench: import("./bench.js").Bench}} props */
export function Settings({ bench }) {
  const { settings } = bench;
  const submit = (event) => {
    event.preventDefault();
    if (canStart(bench)) bench.start();
  };
  const onKeyDown = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
  };
  const number = (name, label, rest) => h(Field, { label, type: "number", value: settings[name], onInput: (value) => bench.set(name, value), ...rest });
  return h("form", { class: "panel playground-settings", "aria-label": "Prompt", onSubmit: submit },
    h("header", {}, h("h2", {}, "Prompt"), h("span", { class: "end small quiet" }, bench.card.model)),
    h("div", { class: "body stack scroll" },
      h(Field, { label: "Text", rows: 4, mono: bench.card.hasAutomaton, value: settings.text, onInput: (value) => bench.set("text", value), onKeyDown }),
      h("div", { class: "fields" },
        number("maxTokens", "Tokens", { min: 1, max: bench.card.maxPositions, hint: `of ${bench.card.maxPositions}` }),
        number("seed", "Seed", { step: 1 }),
        number("temperature", "Temperature", { min: 0, max: 2, step: 0.1, hint: Number(settings.temperature) === 0 ? "greedy" : "" }),
        number("topP", "Top p", { min: 0.05, max: 1, step: 0.05, hint: Number(settings.topP) === 1 ? "off" : "" }),
        number("topK", "Top k", { min: 0, step: 1, hint: Number(settings.topK) === 0 ? "off" : "" }),
        number("repetitionPenalty", "Repetition", { min: 1, step: 0.1, hint: Number(settings.repetitionPenalty) === 1 ? "off" : "" })),
      h(Pace, { bench }),
      h(Check, { label: "Unsteered beside it, same seed", checked: settings.compare, onChange: (on) => bench.set("compare", on) }),
      h("div", { class: "row" },
        h("button", { class: "button primary grow", type: "submit", disabled: !canStart(bench) }, bench.isLive ? "Start again" : "Write"),
        h("button", { class: "button", type: "button", disabled: !bench.isLive, onClick: () => bench.stop() }, "Stop")),
      !session.canWrite && h("p", { class: "small quiet" }, "Your role is viewer: you may look, not write."),
      h("p", { class: "small quiet" }, "Click a word to see its codes; click a code to steer with it while the text is being written.")));
}

const canStart = (bench) => session.canWrite && bench.settings.text.length > 0;

const PACES = [1, 2, 4, 8, 16, 32, 64, 0];

/** Slow enough to be steered by hand, or as fast as the worker writes. */
function Pace({ bench }) {
  const at = Math.max(0, PACES.indexOf(Number(bench.settings.pace)));
  return h("div", { class: "field" },
    h("label", { for: "pace" }, h("span", {}, "Pace"), h("span", {}, PACES[at] ? `${PACES[at]} tokens/s` : "full speed")),
    h("input", { id: "pace", type: "range", min: 0, max: PACES.length - 1, step: 1, value: at, "aria-valuetext": PACES[at] ? `${PACES[at]} tokens per second` : "full speed",
      onInput: (e) => bench.set("pace", PACES[Number(e.target.value)]) }));
}
