import { h } from "../../lib/dom.js";
import { codeProblem } from "../../lib/codes.js";
import { router } from "../../lib/router.js";
import { session } from "../../state/session.js";
import { CodeCard } from "../../parts/code-card.js";
import { Empty } from "../../parts/states.js";
import { benchOf } from "../playground/bench.js";

/** All that is known about one code, and what one can do with it. @param {{card: import("../../state/session.js").ModelCard, code: string}} props */
export function CodePage({ card, code }) {
  const problem = codeProblem(code, card);
  const back = h("a", { class: "button plain", href: router.href("codes") }, "← Codes");
  if (problem) return h("section", { class: "panel" }, h("header", {}, back), h(Empty, { title: `No code ${code}` }, `${problem}.`));
  const rule = (verb) => router.href("rules", "new", { do: JSON.stringify([{ [verb]: [code] }]) });
  const play = () => {
    const bench = benchOf(card);
    bench.showCode(code);
    bench.setColour("code");
    router.go("playground");
  };
  const site = card.sites.find((each) => code.startsWith(`${each.site}:`));
  return h("section", { class: "panel", "aria-label": `Code ${code}` },
    h("header", {}, back, h("h2", { class: "mono" }, code), h("span", { class: "small quiet" }, `one of ${site.codes}, ${site.activeCodes} active per token`),
      h("div", { class: "end" }, h("button", { class: "button", type: "button", onClick: play }, "Try in the playground"))),
    h("div", { class: "body" }, h(CodeCard, { model: card.model, code, contexts: 30, isPage: true,
      actions: session.canWrite && h("div", { class: "row wrap" }, h("a", { class: "button activate", href: rule("activate") }, "Rule: activate"), h("a", { class: "button ban", href: rule("ban") }, "Rule: ban"), h("a", { class: "button ablate", href: rule("ablate") }, "Rule: ablate"),
        h("a", { class: "button", href: router.href("codes", null, { tab: "concepts", code }) }, "Into a concept")) })));
}
