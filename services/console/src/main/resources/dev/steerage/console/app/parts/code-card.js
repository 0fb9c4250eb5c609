import { h, useEffect, useState } from "../lib/dom.js";
import { ago, count, percent, short, visible } from "../lib/format.js";
import { router } from "../lib/router.js";
import { gateway } from "../api/gateway.js";
import { labels } from "../state/labels.js";
import { session } from "../state/session.js";
import { toasts } from "../state/toasts.js";
import { Bars } from "./bars.js";
import { Failure, Progress } from "./states.js";

const REFRESH_MS = 5000;

/** What is known about a code, kept fresh. @param {{model: string, code: string, actions?: any, contexts?: number, isPage?: boolean}} props */
export function CodeCard({ model, code, actions, contexts = 8, isPage }) {
  const [page, setPage] = useState(null);
  const [error, setError] = useState(null);
  useEffect(() => {
    let isOver = false;
    setPage(null);
    setError(null);
    const load = () => gateway.code(model, code, contexts).then((answer) => !isOver && (setPage(answer), setError(null)), (e) => !isOver && setError(e));
    load();
    const timer = setInterval(load, REFRESH_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [model, code]);
  return h("div", { class: "stack" },
    h(LabelEditor, { key: code, model, code }),
    actions,
    error && h(Failure, { error }),
    !page && !error && h(Progress, { label: `Looking up ${code}` }),
    page && h(Known, { page, isPage }),
    !isPage && h("a", { class: "small", href: router.href("codes", code, { model }) }, "Open its page"));
}

function Known({ page, isPage }) {
  const token = (each) => visible(each.text);
  return h("div", { class: `stack code-known${isPage ? " wide" : ""}` },
    h("dl", { class: "facts" },
      h("dt", {}, "Fires"), h("dd", {}, `${percent(page.rate)} of positions`, h("span", { class: "quiet" }, ` · ${count(page.firings)} of ${count(page.positions)}${page.live ? `, ${page.live} live` : ""}`)),
      h("dt", {}, "Counted"), h("dd", {}, `since ${ago(page.knownSinceMs)}`)),
    page.promotes && h("section", { class: "stack tight" }, h("h3", {}, "Promotes ", h("span", { class: "quiet" }, "logit")),
      h(Bars, { label: "Tokens whose logit it raises", rows: page.promotes.slice(0, 8).map((each) => ({ name: token(each.token), value: each.logit, text: short(each.logit) })) })),
    page.suppresses && isPage && h("section", { class: "stack tight" }, h("h3", {}, "Suppresses ", h("span", { class: "quiet" }, "logit")),
      h(Bars, { label: "Tokens whose logit it lowers", rows: page.suppresses.slice(0, 8).map((each) => ({ name: token(each.token), value: each.logit, text: short(each.logit), tone: "ban" })) })),
    page.firedOn.length > 0 && h("section", { class: "stack tight" }, h("h3", {}, "Fired on ", h("span", { class: "quiet" }, "times")),
      h(Bars, { label: "Tokens it fired on", rows: page.firedOn.slice(0, 8).map((each) => ({ name: token(each.token), value: each.firings, text: count(each.firings) })) })),
    h("section", { class: "stack tight contexts-part" }, h("h3", {}, "Contexts ", h("span", { class: "quiet" }, "newest first")),
      page.contexts.length ? h("ul", { class: "contexts" }, distinct(page.contexts).map((each, i) => h(Context, { key: i, context: each }))) : h("p", { class: "small quiet" }, "None seen yet.")),
    isPage && page.corpus && h(InCorpus, { model: page.model, corpus: page.corpus }));
}

/** Two requests with the same prompt say the same. */
function distinct(contexts) {
  const seen = new Set();
  return contexts.filter(({ tokens, focus }) => {
    const key = `${focus} ${tokens.map((each) => each.id).join(" ")}`;
    return !seen.has(key) && seen.add(key);
  });
}

const TYPES = {
  dead: "it never fires", token: "it fires on a few tokens", ngram: "it fires on a few pairs of tokens",
  positional: "it fires at certain places of a text", other: "no simple rule says when",
};

/** What a text that the model has read says about a code. */
function InCorpus({ model, corpus }) {
  return h("section", { class: "stack in-corpus", "aria-label": `In the corpus ${corpus.corpus}` },
    h("h3", {}, "In the corpus ", h("span", { class: "quiet" }, corpus.corpus)),
    h("div", { class: "code-known wide" },
      h("dl", { class: "facts" },
        h("dt", {}, "Type"), h("dd", {}, corpus.type, h("span", { class: "quiet" }, ` · ${TYPES[corpus.type] ?? ""}`)),
        h("dt", {}, "Fires"), h("dd", {}, `${percent(corpus.rate)} of tokens`, h("span", { class: "quiet" }, ` · ${count(corpus.firings)} of ${count(corpus.positions)}`)),
        h("dt", {}, "Texts"), h("dd", {}, `${count(corpus.firingDocuments)} of ${count(corpus.documents)}`)),
      corpus.firedOn.length > 0 && h("section", { class: "stack tight" }, h("h3", {}, "Fires on ", h("span", { class: "quiet" }, "times, of so many")),
        h(Bars, { label: "Tokens of the corpus it fires on", rows: corpus.firedOn.slice(0, 8).map((each) => ({ name: visible(each.token.text), value: each.firings, text: `${count(each.firings)} of ${count(each.occurrences)}` })) })),
      corpus.related.length > 0 && h("section", { class: "stack tight" }, h("h3", {}, "Related ", h("span", { class: "quiet" }, "cosine of the vectors, phi of the firings")),
        h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, ["Code", "Cosine", "Phi", "Together"].map((each, i) => h("th", { key: each, scope: "col", class: i ? "num" : "" }, each)))),
          h("tbody", {}, corpus.related.slice(0, 8).map((each) => h("tr", { key: each.code },
            h("td", {}, h("a", { class: "code", href: router.href("codes", each.code, { model }), title: each.label }, each.code)),
            h("td", { class: "num" }, each.cosine === undefined ? "–" : short(each.cosine)), h("td", { class: "num" }, each.phi === undefined ? "–" : short(each.phi)), h("td", { class: "num" }, count(each.together)))))))),
      h("section", { class: "stack tight contexts-part" }, h("h3", {}, "Places ", h("span", { class: "quiet" }, "drawn from the corpus")),
        h("ul", { class: "contexts" }, corpus.contexts.map((each, i) => h(Passage, { key: i, passage: each, title: `text ${each.document}, token ${each.position}, slot ${each.slot}` }))))));
}

/** A token between what comes before and after it. */
export function Passage({ passage, title }) {
  const line = (text) => text.replace(/\n/g, "⏎");
  return h("li", { title },
    h("span", { class: "before" }, h("bdi", {}, line(passage.before))), h("mark", {}, visible(passage.token)), h("span", { class: "after" }, line(passage.after)));
}

function Context({ context }) {
  const { tokens, focus } = context;
  const text = (list) => list.map((each) => each.text).join("").replace(/\n/g, "⏎");
  return h("li", { title: `${context.request}, position ${context.position}` },
    h("span", { class: "before" }, h("bdi", {}, text(tokens.slice(0, focus)))),
    h("mark", {}, visible(tokens[focus]?.text ?? "")),
    h("span", { class: "after" }, text(tokens.slice(focus + 1))),
    context.live && h("span", { class: "chip natural" }, "live"));
}

function LabelEditor({ model, code }) {
  const known = labels.of(model, code);
  const [draft, setDraft] = useState(null);
  const save = async (event) => {
    event.preventDefault();
    try {
      await labels.put(model, code, draft.trim());
      setDraft(null);
    } catch (e) {
      toasts.fail(e);
    }
  };
  if (draft !== null) {
    return h("form", { class: "row", onSubmit: save },
      h("input", { class: "input", "aria-label": `Label of ${code}`, maxLength: 500, value: draft, autofocus: true, onInput: (e) => setDraft(e.target.value), onKeyDown: (e) => e.key === "Escape" && setDraft(null) }),
      h("button", { class: "button primary", type: "submit" }, "Save"),
      h("button", { class: "button", type: "button", onClick: () => setDraft(null) }, "Cancel"));
  }
  return h("div", { class: "row" }, h("span", { class: known ? "code-title" : "quiet small" }, known ?? "no label yet"),
    session.canWrite && h("button", { class: "button plain", type: "button", onClick: () => setDraft(known ?? "") }, known ? "Edit label" : "Add label"));
}
