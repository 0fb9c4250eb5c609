import { h, useEffect, useRef } from "../../lib/dom.js";
import { revision } from "../../lib/format.js";
import { session } from "../../state/session.js";

/**
 * The text, token by token. Arrow keys move, Enter opens; one tab stop for all of it.
 *
 * @param {{bench: import("./bench.js").Bench, run: import("./run.js").Run, which: string,
 *   colours: import("./colours.js").Colouring, firstDifference: number}} props
 */
export function TokenText({ bench, run, which, colours, firstDifference }) {
  const box = useRef(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    if (run.isLive && isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [run.tokens.length]);
  const picked = bench.picked?.run === which ? bench.picked.index : null;
  const onScroll = () => {
    const at = box.current;
    isAtEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24;
  };
  const onKeyDown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 10, ArrowLeft: -1, ArrowUp: -10 }[event.key];
    if (!step || !run.tokens.length) return;
    event.preventDefault();
    // What was picked by now, not when this was drawn: keys may come faster than pictures.
    const from = bench.picked?.run === which ? bench.picked.index : -1;
    const next = Math.max(0, Math.min(run.tokens.length - 1, from + step));
    bench.pick(which, next);
    box.current.querySelector(`[data-index="${next}"]`)?.focus();
  };
  const flags = flagsOf(bench, run, which);
  return h("div", { class: "tokens", ref: box, role: "group", "aria-label": which === "plain" ? "Unsteered tokens" : "Tokens", onScroll, onKeyDown },
    run.promptTokens.map((id, position) => h(PromptToken, { key: `p${position}`, bench, run, which, id, position, picked })),
    run.tokens.flatMap((token, i) => token ? [
      ...(flags.get(i) ?? []).map((flag) => h("span", { key: `f${flag.number}`, class: "flag", title: flag.text, "aria-label": flag.text, role: "img" }, flag.number)),
      h("button", {
        key: i, type: "button", "data-index": i, tabIndex: i === (picked ?? 0) ? 0 : -1,
        class: `tok ${colours.classOf(i)}${i === firstDifference ? " first-different" : ""}`,
        "aria-pressed": i === picked ? "true" : undefined, title: token.revision === undefined ? `token ${i}` : `token ${i} · revision ${revision(token.revision)}${token.steered ? " · steered" : ""}`,
        onClick: () => bench.pick(which, i),
      }, shown(token.text)),
    ] : []),
    run.isLive && h("span", { class: "caret", "aria-hidden": "true" }));
}

/** Prompt tokens are named by how far they are from the end: index -1 is the last but one. */
function PromptToken({ bench, run, which, id, position, picked }) {
  const index = position - run.promptTokens.length;
  const text = session.text(run.card, id);
  return h("button", { type: "button", class: "tok prompt", tabIndex: -1, "aria-pressed": index === picked ? "true" : undefined, title: `prompt position ${position}`, onClick: () => bench.pick(which, index) }, id === run.card.bosToken ? "▏" : shown(text));
}

const shown = (text) => (text === "" ? "·" : text);

function flagsOf(bench, run, which) {
  const flags = new Map();
  if (which !== "steered") return flags;
  for (const each of bench.interventions) {
    if (each.tokenIndex === undefined || each.state === "refused") continue;
    const at = flags.get(each.tokenIndex) ?? [];
    at.push({ number: each.number, text: `steering ${each.number} holds from token ${each.tokenIndex}` });
    flags.set(each.tokenIndex, at);
  }
  return flags;
}
