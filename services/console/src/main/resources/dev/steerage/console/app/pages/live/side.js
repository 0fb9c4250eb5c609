import { h } from "../../lib/dom.js";
import { codeName } from "../../lib/codes.js";
import { ago, clock, count, duration, percent, short } from "../../lib/format.js";
import { router } from "../../lib/router.js";
import { labels } from "../../state/labels.js";
import { Bars } from "../../parts/bars.js";
import { Panel } from "../../parts/panel.js";
import { Empty } from "../../parts/states.js";

/** One window of one site, with its top codes. */
export function WindowFacts({ card, window, start }) {
  if (!window) return h(Panel, { title: "Window" }, h(Empty, { title: "Silence" }, start ? `No position was read at ${clock(start)}.` : "Pick a cell."));
  return h(Panel, { title: `${window.site} at ${clock(window.windowStartMs)}`, end: !window.complete && h("span", { class: "chip natural" }, "still open") },
    h("div", { class: "stack" },
      h("dl", { class: "facts" },
        h("dt", {}, "Window"), h("dd", {}, duration(window.windowMs)),
        h("dt", {}, "Positions"), h("dd", {}, count(window.positions)),
        h("dt", {}, "Distinct codes"), h("dd", {}, `${count(window.distinct)} of ${count(window.codes)}`),
        h("dt", {}, "Entropy"), h("dd", {}, `${short(window.entropyNats)} nats`),
        h("dt", {}, "Drift"), h("dd", {}, `${short(window.drift)} nats`),
        h("dt", {}, "Steered slots"), h("dd", {}, count(window.steeredActivations))),
      h("h3", {}, "Top codes ", h("span", { class: "quiet" }, "share of activations")),
      h(Bars, { label: "Top codes", rows: window.top.slice(0, 10).map((each) => {
        const code = codeName(window.site, each.code);
        const label = labels.of(card.model, code);
        return { name: h("a", { href: router.href("codes", code, { model: card.model }), title: label ?? code }, label ?? each.code), value: each.count, text: percent(each.count / Math.max(1, window.activations)) };
      }) })));
}

/** What the rules in force do to requests. */
export function Effects({ feed }) {
  const list = feed.effects;
  return h(Panel, { title: "Rule effects", flush: true, end: h("a", { class: "small", href: router.href("rules") }, "Rules") },
    !list ? h(Empty, { title: "Reading rules…" }) : !list.length ? h(Empty, { title: "No rule is in force" })
      : h("table", {}, h("thead", {}, h("tr", {}, ["Rule", "Running", "Lately", "Last"].map((each) => h("th", { key: each, scope: "col", class: each === "Rule" || each === "Last" ? "" : "num" }, each)))),
          h("tbody", {}, list.map((each) => h("tr", { key: each.rule.rule }, h("td", { class: "wrap-any" }, h("a", { href: router.href("rules", each.rule.rule) }, each.rule.rule)), h("td", { class: "num" }, each.running), h("td", { class: "num" }, each.affected), h("td", { class: "nowrap" }, each.lastMs === null ? "–" : ago(each.lastMs)))))));
}

/** Bounds that were crossed. */
export function Alerts({ alerts }) {
  return h(Panel, { title: "Alerts", flush: true, bodyClass: "scroll alerts" },
    !alerts.length ? h(Empty, { title: "No alert" }, "Limits that were hit, rules that gave way to each other and monitors that fired appear here.")
      : h("ul", {}, alerts.map((each) => h("li", { key: each.alert, class: `alert ${each.severity}` },
          h("div", { class: "row baseline" }, h("span", { class: `chip ${each.severity === "critical" ? "bad" : each.severity === "warning" ? "warn" : ""}` }, each.severity), h("span", { class: "small quiet" }, each.kind), h("span", { class: "end small quiet nowrap" }, ago(each.atMs))),
          h("p", { class: "small wrap-any" }, each.message),
          each.facts && h("p", { class: "small quiet mono wrap-any" }, Object.entries(each.facts).map(([name, value]) => `${name}=${value}`).join(" "))))));
}
