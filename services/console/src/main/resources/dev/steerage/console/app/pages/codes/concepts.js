import { h, useState } from "../../lib/dom.js";
import { useLoad } from "../../lib/load.js";
import { ago, plural } from "../../lib/format.js";
import { codeProblem } from "../../lib/codes.js";
import { router } from "../../lib/router.js";
import { gateway } from "../../api/gateway.js";
import { labels } from "../../state/labels.js";
import { session } from "../../state/session.js";
import { toasts } from "../../state/toasts.js";
import { CodeChips } from "../../parts/code-chips.js";
import { Field } from "../../parts/field.js";
import { Panel } from "../../parts/panel.js";
import { Empty, Failure, Progress } from "../../parts/states.js";

/** Named sets of codes; rules may name them. @param {{card: import("../../state/session.js").ModelCard}} props */
export function Concepts({ card }) {
  const concepts = useLoad(() => gateway.concepts(card.model), [card.model]);
  const [name, setName] = useState("");
  const [text, setText] = useState(router.query.get("code") ?? "");
  const [busy, setBusy] = useState(false);
  const codes = text.split(/[\s,]+/).filter(Boolean);
  const problem = codes.map((code) => [code, codeProblem(code, card)]).find(([, why]) => why);
  const change = async (doing) => {
    setBusy(true);
    try {
      const { subject, revision } = await doing();
      toasts.say(`${subject}: revision ${revision}`);
      concepts.again();
    } catch (e) {
      toasts.fail(e);
    }
    setBusy(false);
  };
  const save = (event) => {
    event.preventDefault();
    change(() => gateway.putConcept(name, { model: card.model, codes }));
  };
  return h("div", { class: "split wide-first" },
    h(Panel, { title: "Concepts", flush: true, bodyClass: "scroll" },
      concepts.error && h(Failure, { error: concepts.error, retry: concepts.again }),
      !concepts.value && !concepts.error && h(Progress, { label: "Reading concepts" }),
      concepts.value && !concepts.value.concepts.length && h(Empty, { title: "No concept yet" }, "A concept is a name for a set of codes. A rule that names it follows every change of the set."),
      (concepts.value?.concepts ?? []).map((each) => h("div", { key: each.concept, class: "concept stack tight" },
        h("div", { class: "row baseline" }, h("strong", { class: "wrap-any" }, each.concept), h("span", { class: "small quiet" }, `${plural(each.codes.length, "code")} · r${each.revision} by ${each.author}, ${ago(each.atMs)}`),
          session.canWrite && h("span", { class: "end row" }, h("button", { class: "button plain", type: "button", onClick: () => { setName(each.concept); setText(each.codes.join("\n")); } }, "Edit"),
            h("button", { class: "button plain danger", type: "button", disabled: busy, onClick: () => change(() => gateway.removeConcept(each.concept)) }, "Remove"))),
        h(CodeChips, { card, codes: each.codes, label: (code) => labels.of(card.model, code) })))),
    h("form", { class: "panel", "aria-label": "Publish a concept", onSubmit: save }, h("header", {}, h("h2", {}, "Publish a concept")),
      h("div", { class: "body stack" },
        h(Field, { label: "Concept name", value: name, onInput: setName, pattern: "[A-Za-z0-9._\\-]{1,64}", required: true, placeholder: "fire" }),
        h(Field, { label: "Codes", mono: true, rows: 6, value: text, onInput: setText, hint: plural(codes.length, "code"), placeholder: `${card.sites[0].site}:0`, "aria-invalid": problem ? "true" : "false" }),
        problem && h("div", { class: "notice bad", role: "status" }, `${problem[0]}: ${problem[1]}`),
        h("button", { class: "button primary", type: "submit", disabled: !session.canWrite || busy || !codes.length || Boolean(problem) || !/^[A-Za-z0-9._-]{1,64}$/.test(name) }, "Publish"))));
}
