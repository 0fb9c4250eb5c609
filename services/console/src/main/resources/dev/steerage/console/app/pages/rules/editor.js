import { h, useEffect, useRef, useState } from "../../lib/dom.js";
import { codeProblem } from "../../lib/codes.js";
import { jsonText } from "../../lib/json-text.js";
import { router } from "../../lib/router.js";
import { gateway } from "../../api/gateway.js";
import { labels } from "../../state/labels.js";
import { session } from "../../state/session.js";
import { toasts } from "../../state/toasts.js";
import { CodeChips } from "../../parts/code-chips.js";
import { Field } from "../../parts/field.js";
import { BLOCKS, insertBlock } from "./blocks.js";
import { codesOf, until, what, when, who } from "./words.js";

const PAUSE_MS = 250;

/** A new rule's text; the playground hands over what it did. */
function blank(card) {
  let actions = [{ ban: [`${card.sites[0].site}:0`] }];
  try {
    const given = JSON.parse(router.query.get("do") ?? "null");
    if (Array.isArray(given)) actions = given;
  } catch {
    // Somebody else's link: begin with the example.
  }
  return { model: card.model, when: { phase: "generation" }, do: actions };
}

const withoutName = ({ rule, version, author, ...rest }) => rest;
const pretty = (value) => jsonText(value);

/** The rule as text, checked while it is typed: by the published schema, the limits, the model and the concepts. */
export function Editor({ card, id, entry, onChanged }) {
  const restore = router.query.get("restore");
  const [name, setName] = useState(id ?? "");
  const [text, setText] = useState(() => pretty(entry ? withoutName(entry.rule) : blank(card)));
  const [busy, setBusy] = useState(false);
  const [base, setBase] = useState(entry?.revision ?? -1);
  const area = useRef(null);
  useEffect(() => {
    if (restore === null || id === null) return;
    gateway.changes({ rule: id, before: Number(restore) + 1, limit: 1 }).then(({ changes }) => changes[0]?.change?.rule && setText(pretty(withoutName(changes[0].change))), toasts.fail.bind(toasts));
  }, [restore]);
  const parsed = parse(text);
  const check = useCheck(parsed.rule && { rule: name || "unnamed", author: session.who?.name ?? "console", ...parsed.rule });
  const problems = parsed.error ? [{ kind: "malformed", detail: parsed.error }] : check.problems;
  const isValid = !parsed.error && check.valid === true && /^[A-Za-z0-9._-]{1,64}$/.test(name);
  const isStale = entry && entry.revision !== base;

  const publish = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      const change = await gateway.putRule(name, parsed.rule, base);
      toasts.say(change.ack ? `${name}: acknowledged at revision ${change.revision} by ${change.ack.worker}` : `${name}: written at revision ${change.revision}; no worker has answered yet`);
      setBase(change.revision);
      await onChanged();
      if (id === null) router.go("rules", name);
    } catch (e) {
      toasts.fail(e);
    }
    setBusy(false);
  };
  const remove = async () => {
    setBusy(true);
    try {
      const change = await gateway.removeRule(id, base);
      toasts.say(`${id}: removed at revision ${change.revision}`);
      onChanged();
      router.go("rules");
    } catch (e) {
      toasts.fail(e);
      setBusy(false);
    }
  };
  const insert = (block) => {
    if (!parsed.rule) return;
    setText(pretty(insertBlock(parsed.rule, block, card)));
    area.current?.querySelector("textarea")?.focus();
  };
  return h("form", { class: "stack", onSubmit: publish },
    id === null && h(Field, { label: "Name", value: name, onInput: setName, placeholder: "calm-dragons", hint: "letters, digits, . _ -", required: true, pattern: "[A-Za-z0-9._\\-]{1,64}" }),
    parsed.rule && h("p", { class: "rule-words" }, h("strong", {}, what(parsed.rule) || "does nothing yet"), ` · ${who(parsed.rule)} · ${when(parsed.rule)} · ${until(parsed.rule)}`),
    h("div", { class: "row wrap", role: "group", "aria-label": "Insert" }, BLOCKS.map((block) =>
      h("button", { key: block.name, class: "button", type: "button", disabled: !parsed.rule, title: block.about, onClick: () => insert(block) }, `+ ${block.name}`))),
    h("div", { ref: area }, h(Field, { label: "Rule", mono: true, rows: Math.min(26, Math.max(10, text.split("\n").length + 1)), value: text, onInput: setText, spellcheck: false, "aria-invalid": problems.length ? "true" : "false", "aria-describedby": "rule-problems" })),
    h("div", { id: "rule-problems", role: "status", "aria-live": "polite" }, h(Verdict, { problems, check, parsed })),
    parsed.rule && h(CodeChips, { card, codes: codesOf(parsed.rule).filter((code) => !codeProblem(code, card)), label: (code) => labels.of(card.model, code) }),
    isStale && h("div", { class: "notice warn" }, `Somebody published revision ${entry.revision} meanwhile. `, h("button", { class: "button", type: "button", onClick: () => { setText(pretty(withoutName(entry.rule))); setBase(entry.revision); } }, "Load it")),
    h("div", { class: "row wrap" },
      h("button", { class: "button primary", type: "submit", disabled: !isValid || busy || !session.canWrite }, busy ? "Waiting for the worker…" : id === null || !entry ? "Publish" : "Publish new version"),
      id !== null && entry && h("button", { class: "button danger", type: "button", disabled: busy || !session.canWrite, onClick: remove }, "Remove"),
      h("span", { class: "small quiet" }, "A rule acts from the next token of every request that it matches.")));
}

function Verdict({ problems, check, parsed }) {
  if (problems.length) return h("ul", { class: "problems" }, problems.map((each, i) => h("li", { key: i, class: "notice bad" }, h("strong", { class: "nowrap" }, each.kind), h("span", {}, each.detail))));
  if (check.error) return h("div", { class: "notice warn" }, `Not checked: ${check.error.message}`);
  if (parsed.rule && check.valid) return h("p", { class: "small good-text" }, `✓ valid at revision ${check.revision}: schema, limits, codes and concepts`);
  return h("p", { class: "small quiet" }, "Checking…");
}

function parse(text) {
  try {
    const rule = JSON.parse(text);
    return rule && typeof rule === "object" && !Array.isArray(rule) ? { rule, error: null } : { rule: null, error: "a rule is a JSON object" };
  } catch (e) {
    return { rule: null, error: e.message };
  }
}

/** The gateway's verdict on a rule, a moment after the last key. */
function useCheck(rule) {
  const [verdict, setVerdict] = useState({ valid: null, problems: [], error: null, revision: null });
  const key = rule && JSON.stringify(rule);
  useEffect(() => {
    if (!key) return undefined;
    let isOver = false;
    setVerdict((old) => ({ ...old, valid: null }));
    const timer = setTimeout(() => gateway.validateRule(JSON.parse(key)).then(
      (answer) => !isOver && setVerdict({ ...answer, error: null }),
      (error) => !isOver && setVerdict({ valid: null, problems: [], error, revision: null })), PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [key]);
  return verdict;
}
