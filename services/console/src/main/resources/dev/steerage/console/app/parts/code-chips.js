import { h } from "../lib/dom.js";
import { router } from "../lib/router.js";

const MOST = 24;

/** Codes as links to their pages. @param {{card: {model: string}, codes: string[], label: (code: string) => string | null}} props */
export function CodeChips({ card, codes, label }) {
  const all = [...new Set(codes)];
  if (!all.length) return null;
  return h("div", { class: "row wrap" }, all.slice(0, MOST).map((code) =>
    h("a", { key: code, class: "code", href: router.href("codes", code, { model: card.model }) }, code, label(code) && h("span", { class: "code-label" }, label(code)))),
  all.length > MOST && h("span", { class: "small quiet" }, `and ${all.length - MOST} more`));
}
