import { h, useState } from "../../lib/dom.js";
import { useLoad } from "../../lib/load.js";
import { ago, plural } from "../../lib/format.js";
import { gateway } from "../../api/gateway.js";
import { session } from "../../state/session.js";
import { Field } from "../../parts/field.js";
import { Panel } from "../../parts/panel.js";
import { Empty, Failure, Progress } from "../../parts/states.js";

/** Runs a request again: as it was, or as it would have been at another revision. @param {{card: {model: string}, newest: number}} props */
export function Replay({ card, newest }) {
  const prompts = useLoad(() => gateway.prompts(100), [], 5000);
  const [request, setRequest] = useState(null);
  const [revision, setRevision] = useState("");
  const [result, setResult] = useState(null);
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const run = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    setResult(null);
    try {
      setResult(await gateway.replay(request, revision === "" ? null : Number(revision)));
    } catch (e) {
      setError(e);
    }
    setBusy(false);
  };
  const finished = (prompts.value ?? []).filter((each) => each.state === "finished" && each.completionTokens > 0 && each.model === card.model);
  return h("div", { class: "split" },
    h(Panel, { title: "Recent requests", flush: true, bodyClass: "scroll" },
      prompts.error && h(Failure, { error: prompts.error, retry: prompts.again }),
      prompts.value && !finished.length && h(Empty, { title: "No finished request" }, "Requests that ended lately are listed here."),
      finished.map((each) => h("button", { key: each.request, type: "button", class: "list-button", "aria-current": each.request === request ? "true" : undefined, onClick: () => setRequest(each.request) },
        h("span", { class: "row baseline" }, h("span", { class: "mono small wrap-any" }, each.request), h("span", { class: "end small quiet nowrap" }, ago(each.atMs))),
        h("span", { class: "small quiet" }, `${each.model ?? ""} · ${plural(each.completionTokens, "token")} · revision ${each.revision ?? "–"}`)))),
    h("form", { class: "panel", "aria-label": "Replay", onSubmit: run },
      h("header", {}, h("h2", {}, "Replay")),
      h("div", { class: "body stack" },
        h("div", { class: "fields" },
          h(Field, { label: "Request", mono: true, value: request ?? "", onInput: setRequest, placeholder: "pick one, or type an id" }),
          h(Field, { label: "At revision", type: "number", min: -1, max: newest, value: revision, onInput: setRevision, placeholder: "as recorded", hint: `newest ${newest}` })),
        h("div", { class: "row wrap" }, h("button", { class: "button primary", type: "submit", disabled: !request || busy || session.who?.role !== "admin" }, busy ? "Running again…" : "Run again"),
          session.who?.role !== "admin" && h("span", { class: "small quiet" }, "Replay is for role admin.")),
        busy && h(Progress, { label: "The model writes it again" }),
        error && h(Failure, { error }),
        result ? h(Result, { result }) : !busy && !error && h(Empty, { title: "The same tokens, bit for bit" }, "At the recorded revisions a replay must give the recorded tokens and codes. At another revision it shows what the rules changed."))));
}

function Result({ result }) {
  const recorded = result.recorded ?? [];
  const words = (list, other) => h("div", { class: "tokens replay-text" }, list.map((token, i) => h("span", { key: i, class: other[i]?.id === token.id ? "" : "t-steered" }, token.text)));
  return h("div", { class: "stack" },
    h("div", { class: `notice ${result.identical ? "" : "steer"}`, role: "status" }, result.identical
      ? `Identical: ${plural(result.tokens.length, "token")}, codes of ${plural(result.positions, "position")}.`
      : `Another text from token ${result.differingToken ?? "–"}${result.revision === undefined ? "" : ` at revision ${result.revision}`}.`),
    h("div", { class: "panes two" },
      h("div", { class: "pane" }, h("h3", {}, "Replayed"), words(result.tokens, recorded)),
      recorded.length > 0 && h("div", { class: "pane" }, h("h3", {}, "Recorded"), words(recorded, result.tokens))),
    h("dl", { class: "facts" }, h("dt", {}, "Numeric class"), h("dd", { class: "mono" }, result.numericClass), h("dt", {}, "Recorded on"), h("dd", { class: "mono" }, result.recordedClasses.join(", "))));
}
