import { h, useState } from "../../lib/dom.js";
import { codeName } from "../../lib/codes.js";
import { percent, revision, short, visible } from "../../lib/format.js";
import { CodeCard } from "../../parts/code-card.js";
import { Bars } from "../../parts/bars.js";
import { Empty } from "../../parts/states.js";
import { labels } from "../../state/labels.js";
import { session } from "../../state/session.js";

/** The picked token and the picked code. @param {{bench: import("./bench.js").Bench}} props */
export function Inspector({ bench }) {
  return h("aside", { class: "panel playground-inspector", "aria-label": "Inspector" },
    bench.code
      ? h(CodePane, { bench })
      : [h("header", {}, h("h2", {}, "Token")), h("div", { class: "body scroll" }, h(TokenPane, { bench }))]);
}

function CodePane({ bench }) {
  const act = (verb) => bench.intervene({ [verb]: [bench.code] });
  return [
    h("header", {}, h("button", { class: "button plain", type: "button", onClick: () => bench.showCode(null) }, "← Token"), h("h2", { class: "mono" }, bench.code)),
    h("div", { class: "body scroll" },
      h(CodeCard, { model: bench.card.model, code: bench.code,
        actions: session.canWrite && h("div", { class: "stack tight" },
          h("div", { class: "row" },
            h("button", { class: "button activate grow", type: "button", title: "Overwrites the least similar slot", onClick: () => act("activate") }, "Activate"),
            h("button", { class: "button ban grow", type: "button", title: "It may not be chosen; the next best takes its slot", onClick: () => act("ban") }, "Ban"),
            h("button", { class: "button ablate grow", type: "button", title: "Its slot contributes zero", onClick: () => act("ablate") }, "Ablate")),
          h("div", { class: "row" },
            h("button", { class: "button grow", type: "button", title: "Every slot of the site holds it", onClick: () => bench.intervene({ activate: [bench.code], slots: "all" }) }, "Activate in all slots"),
            h("button", { class: "button", type: "button", "aria-pressed": bench.colour === "code", onClick: () => bench.setColour(bench.colour === "code" ? "steering" : "code") }, "Show in text")),
          h("p", { class: "small quiet" }, bench.steered?.isLive ? "Acts on the running request from its next token on, to its end." : "No request is running: acts on the next one."))}))];
}

function TokenPane({ bench }) {
  const picked = bench.picked;
  const run = picked && bench.runOf(picked.run);
  if (!run) return h(Empty, { title: "No token picked" }, "Click a token, or focus the text and use the arrow keys.");
  const isPrompt = picked.index < 0;
  const position = isPrompt ? run.promptTokens.length + picked.index : run.positionOf(picked.index);
  const token = isPrompt ? null : run.tokens[picked.index];
  const readId = position < run.promptTokens.length ? run.promptTokens[position] : run.tokens[position - run.promptTokens.length]?.id;
  return h("div", { class: "stack" },
    h("dl", { class: "facts" },
      token && [h("dt", {}, "Token"), h("dd", {}, h("span", { class: "token-text" }, visible(token.text)), ` ${picked.index}`, h("span", { class: "quiet" }, ` · id ${token.id}`))],
      token && [h("dt", {}, "Probability"), h("dd", {}, percent(Math.exp(token.logprob)), h("span", { class: "quiet" }, ` · ln p ${short(token.logprob)}`))],
      h("dt", {}, "Step"), h("dd", {}, `position ${position}, reading `, h("span", { class: "token-text" }, visible(readId === undefined ? "?" : session.text(run.card, readId)))),
      token?.divergence !== undefined && [h("dt", {}, "Divergence"), h("dd", {}, `${short(token.divergence)} nats`, h("span", { class: "quiet" }, " · steered from unsteered, at least"))],
      token?.codes !== undefined && [h("dt", {}, "Other codes"), h("dd", {}, percent(token.codes), h("span", { class: "quiet" }, " of the steered half's"))],
      token?.revision !== undefined && [h("dt", {}, "Revision"), h("dd", {}, revision(token.revision), token.steered && h("span", { class: "chip steer" }, "steered"))]),
    token?.topLogprobs && h(Bars, { label: "Most probable tokens", rows: token.topLogprobs.map((each) => ({ name: visible(each.text), value: Math.exp(each.logprob), text: percent(Math.exp(each.logprob)), on: each.id === token.id })) }),
    h(CodesAt, { bench, run, position }));
}

/** Codes by site at the step that chose the token. */
function CodesAt({ bench, run, position }) {
  const [filter, setFilter] = useState("");
  if (run === bench.plain) return h("p", { class: "small quiet" }, "The codes of the unsteered half are compared where it runs, not recorded. Click the same token of the steered half to see its codes.");
  const bySite = run.codes.get(position);
  if (!bySite) return h(Empty, { title: run.isLive ? "Codes on their way…" : "No codes of this step" }, run.isLive ? null : "They were not captured, or are no longer kept.");
  const changed = run.overwritten.get(position) ?? [];
  const label = (code) => labels.of(bench.card.model, code);
  const rows = [...bySite].filter(([site, ids]) => !filter || site.includes(filter) || ids.some((id) => label(codeName(site, id))?.includes(filter)));
  return h("div", { class: "stack tight" },
    h("div", { class: "row" }, h("h3", {}, "Codes at this step"),
      h("input", { class: "input end filter", type: "search", placeholder: "site or label", "aria-label": "Filter by site or label", value: filter, onInput: (e) => setFilter(e.target.value) })),
    h("div", { class: "site-codes" }, rows.map(([site, ids]) => {
      const here = changed.filter((each) => each.site === site);
      return h("div", { key: site, class: "site-row" },
        h("span", { class: "mono small quiet" }, site),
        h("div", { class: "row wrap" }, ids.map((id, slot) => {
          const other = here.find((each) => each.slot === slot);
          const code = codeName(site, id);
          return h(CodeChip, { key: slot, bench, code, text: String(id), label: label(code), other });
        }), here.filter((each) => each.slot >= ids.length).map((each) =>
          h("button", { key: `+${each.slot}`, type: "button", class: "code steer", title: `appended by ${each.rule ?? "a command"}`, onClick: () => bench.showCode(codeName(site, each.effective)) }, `+${each.effective}`))));
    })));
}

function CodeChip({ bench, code, text, label, other }) {
  const title = `${code}${label ? `: ${label}` : ""}${other ? `; ${other.rule ?? "a command"} put ${other.effective < 0 ? "zero" : other.effective} there` : ""}`;
  return h("button", { type: "button", class: `code${other ? " steer" : ""}`, title, "aria-label": title, onClick: () => bench.showCode(code) },
    text, other && ` → ${other.effective < 0 ? "0" : other.effective}`, label && h("span", { class: "code-label" }, label));
}
