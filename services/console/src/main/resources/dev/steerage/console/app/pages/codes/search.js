import { h, useRef, useState } from "../../lib/dom.js";
import { count, plural, short } from "../../lib/format.js";
import { router } from "../../lib/router.js";
import { gateway } from "../../api/gateway.js";
import { labels } from "../../state/labels.js";
import { Scatter } from "../../charts/scatter.js";
import { Passage } from "../../parts/code-card.js";
import { Choice, Field } from "../../parts/field.js";
import { Panel } from "../../parts/panel.js";
import { Empty, Failure, Progress } from "../../parts/states.js";

// What was searched outlives a look at a code's page.
const kept = new Map();

/** Codes that detect a pattern, by precision and recall. @param {{card: import("../../state/session.js").ModelCard}} props */
export function Search({ card }) {
  const [query, setQuery] = useState(kept.get(card.model)?.query ?? { pattern: "", kind: "regex", site: "", rankBy: "f1", limit: 100 });
  const [state, setState] = useState(kept.get(card.model)?.state ?? { answer: null, error: null, busy: false });
  const [picked, setPicked] = useState(null);
  const asked = useRef(null);
  const set = (name, value) => setQuery({ ...query, [name]: value });
  const run = async (event) => {
    event.preventDefault();
    asked.current?.abort();
    asked.current = new AbortController();
    const { signal } = asked.current;
    setState({ answer: null, error: null, busy: true });
    let next;
    try {
      const { site, ...rest } = query;
      next = { answer: await gateway.search(card.model, site ? { ...rest, site } : rest, signal), error: null, busy: false };
    } catch (error) {
      if (signal.aborted) return;
      next = { answer: null, error, busy: false };
    }
    kept.set(card.model, { query, state: next });
    setState(next);
  };
  const sites = [{ value: "", name: "all sites" }, ...card.sites.map((each) => ({ value: each.site, name: each.site }))];
  return h("div", { class: "stack" },
    h("form", { class: "panel", onSubmit: run, "aria-label": "Search" }, h("div", { class: "body search-form" },
      h(Field, { label: query.kind === "regex" ? "Regular expression" : "Literal text", mono: true, value: query.pattern, onInput: (value) => set("pattern", value), maxLength: 1000, required: true, placeholder: query.kind === "regex" ? "\\b(dragon)s?\\b" : "dragon", hint: "a group marks the token that is meant" }),
      h(Choice, { label: "Kind", value: query.kind, options: [{ value: "regex", name: "regular expression" }, { value: "literal", name: "literal" }], onChange: (value) => set("kind", value) }),
      h(Choice, { label: "Where", value: query.site, options: sites, onChange: (value) => set("site", value) }),
      h(Choice, { label: "Best by", value: query.rankBy, options: [{ value: "f1", name: "F1" }, { value: "precision", name: "precision" }, { value: "recall", name: "recall" }], onChange: (value) => set("rankBy", value) }),
      h("button", { class: "button primary", type: "submit", disabled: !query.pattern || state.busy }, "Search"))),
    state.busy && h(Panel, { title: "Searching" }, h(Progress, { label: "Reading the corpus" })),
    state.error && (state.error.status === 503 ? h(NoCorpus, { card, error: state.error }) : h(Failure, { error: state.error })),
    !state.busy && !state.error && !state.answer && h("div", { class: "panel" }, h(Empty, { title: "Which code knows dragons?" }, "A pattern marks tokens of the corpus. Codes are chosen on one half of it and scored on the other: how often is the code right, how much does it find?")),
    state.answer && h(Answer, { card, answer: state.answer, picked, onPick: setPicked }));
}

function NoCorpus({ card, error }) {
  return h("div", { class: "panel" }, h(Empty, { title: `No corpus of ${card.model}` },
    `${error.message}. Searching needs a corpus that the model has read; what fires in live traffic is counted without one. `,
    h("a", { href: router.href("codes", null, { tab: "top" }) }, "See the most active codes")));
}

function Answer({ card, answer, picked, onPick }) {
  const { codes } = answer;
  const compared = codes.filter((each) => each.neuron);
  const hasNeurons = compared.length > 0;
  const label = (each) => labels.of(card.model, each.code) ?? each.label ?? "";
  const open = (each) => router.go("codes", each.code, { model: card.model });
  if (!codes.length) return h("div", { class: "panel" }, h(Empty, { title: "No code detects this" }, `${plural(answer.positives, "token")} of ${count(answer.positions)} match the pattern; no code fires on enough of them.`));
  return h("div", { class: "search-answer" },
    h(Panel, { title: "Precision and recall", end: h("span", { class: "small quiet" }, `${plural(answer.positives, "token")} of ${count(answer.positions)} match · ${short(answer.tookMs)} ms`) },
      h(Scatter, { title: "Codes", unit: "precision and recall, 0 to 1, with 95 % intervals", points: codes.map((each) => ({ x: each.recall, y: each.precision, xLow: each.recallLow, xHigh: each.recallHigh, yLow: each.precisionLow, yHigh: each.precisionHigh, name: `${each.code} ${label(each)}` })), picked,
        onPick, onOpen: (i) => open(codes[i]), others: codes.map((each) => each.neuron && { x: each.neuron.recall, y: each.neuron.precision }), otherName: hasNeurons ? "best neuron at the recall of the code" : "",
        head: ["code", "precision", "recall", "F1", "support", ...(hasNeurons ? ["best neuron", "its precision", "its recall"] : [])],
        rows: () => codes.map((each) => [each.code, share(each.precision), share(each.recall), share(each.f1), each.support, ...(hasNeurons ? (each.neuron ? [each.neuron.name, share(each.neuron.precision), share(each.neuron.recall)] : ["–", "–", "–"]) : [])]) }),
      h(Neurons, { answer, compared })),
    h(Panel, { title: plural(codes.length, "code"), flush: true, bodyClass: "scroll search-list" },
      h("table", {}, h("thead", {}, h("tr", {}, ["Code", "Label", "Precision", "Recall", "F1", "Support", ...(hasNeurons ? ["Best neuron"] : [])].map((each, i) => h("th", { key: each, scope: "col", class: i > 1 ? "num" : "" }, each)))),
        h("tbody", {}, codes.map((each, i) => h("tr", { key: each.code, class: i === picked ? "on" : "", onMouseEnter: () => onPick(i) },
          h("td", {}, h("a", { class: "code", href: router.href("codes", each.code, { model: card.model }), onFocus: () => onPick(i) }, each.code)),
          h("td", { class: "wrap-any" }, label(each)),
          h("td", { class: "num", title: interval(each.precisionLow, each.precisionHigh) }, share(each.precision)),
          h("td", { class: "num", title: interval(each.recallLow, each.recallHigh) }, share(each.recall)),
          h("td", { class: "num" }, share(each.f1)), h("td", { class: "num" }, count(each.support)),
          hasNeurons && h("td", { class: "num", title: each.neuron ? `precision at recall ${share(each.neuron.recall)}; ${interval(each.neuron.precisionLow, each.neuron.precisionHigh)}` : "not compared" }, each.neuron ? [h("span", { class: "quiet mono neuron" }, each.neuron.name), ` ${share(each.neuron.precision)}`] : "–")))))),
    answer.examples.length > 0 && h(Panel, { title: "What the pattern marks", flush: false, class: "search-examples", end: h("span", { class: "small quiet" }, `the first ${answer.examples.length} in ${answer.corpus}`) },
      h("ul", { class: "contexts" }, answer.examples.map((each, i) => h(Passage, { key: i, passage: each, title: `text ${each.document}, token ${each.position}` })))));
}

/** What the comparison says as a whole, and on how much text it rests. */
function Neurons({ answer, compared }) {
  const sample = answer.neuronSample;
  if (!compared.length) {
    return h("p", { class: "small quiet" }, sample?.documents ? "No neuron could be compared: too few tokens of the sample match." : "Neurons were not recorded with this corpus; build it again to compare codes with them.");
  }
  const better = compared.filter((each) => each.precision > each.neuron.precision).length;
  return h("p", { class: "small" }, h("strong", {}, `${better} of ${compared.length}`), " codes are more precise than the best neuron at the same recall. ",
    h("span", { class: "quiet" }, `Neurons: a sample of ${plural(sample.documents, "text")}, ${plural(sample.positives, "matching token")} in the half that scores.`));
}

const share = (part) => part.toFixed(2);
const interval = (low, high) => (low === undefined ? "" : `95 %: ${share(low)} to ${share(high)}`);
