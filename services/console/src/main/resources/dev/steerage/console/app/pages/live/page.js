import { h, useEffect, useMemo, useState } from "../../lib/dom.js";
import { ago, clock, count, duration, percent, short } from "../../lib/format.js";
import { useStores } from "../../lib/store.js";
import { labels } from "../../state/labels.js";
import { HeatMap } from "../../charts/heat-map.js";
import { Lines } from "../../charts/lines.js";
import { Choice } from "../../parts/field.js";
import { Panel } from "../../parts/panel.js";
import { Empty, Failure, Progress } from "../../parts/states.js";
import { Feed } from "./feed.js";
import { METRICS } from "./metrics.js";
import { Alerts, Effects, WindowFacts } from "./side.js";

/** What the model does, live. @param {{card: import("../../state/session.js").ModelCard}} props */
export function LivePage({ card }) {
  const feed = useMemo(() => new Feed(card), [card.model]);
  useStores(feed, labels);
  useEffect(() => feed.open(), [feed]);
  const [metricId, setMetric] = useState("entropy");
  const [picked, setPicked] = useState({ site: null, start: null });
  const metric = METRICS.find((each) => each.id === metricId);
  const view = feed.view();
  const site = picked.site ?? view.sites[0] ?? null;
  const start = picked.start !== null && view.starts.includes(picked.start) ? picked.start : (view.starts.findLast((each) => view.at(site, each)?.complete) ?? view.starts.at(-1) ?? null);
  const hasData = view.starts.length > 0;
  return h("div", { class: "stack grow" },
    h("div", { class: "page-head" }, h("h1", {}, "Live"), h("span", { class: "lead" }, `${card.model}, exact counts per window`),
      h("div", { class: "end" },
        h("span", { class: `state-dot ${feed.isPaused ? "warn" : feed.state === "live" ? "good" : feed.state === "reconnecting" ? "warn" : ""}`, role: "status" }, feed.isPaused ? "paused" : feed.state === "live" ? "live" : feed.state === "reconnecting" ? "reconnecting" : "loading"),
        h(Choice, { label: "Window", hidden: true, value: String(feed.windowMs ?? ""), options: feed.lengths.map((ms) => ({ value: String(ms), name: `windows of ${duration(ms)}` })), onChange: (value) => feed.choose(Number(value)) }),
        h("button", { class: "button", type: "button", "aria-pressed": feed.isPaused, onClick: () => feed.pause(!feed.isPaused) }, feed.isPaused ? "Go on" : "Pause"))),
    feed.error && h(Failure, { error: feed.error }),
    h(Numbers, { feed, view }),
    h("div", { class: "live" },
      h("div", { class: "stack" },
        h(Panel, { title: "Sites over time", end: h(Choice, { label: "Measure", hidden: true, value: metricId, options: METRICS.map((each) => ({ value: each.id, name: each.name })), onChange: setMetric }) },
          !hasData ? (feed.state === "loading" ? h(Progress, { label: "Reading past windows" }) : h(Empty, { title: "Nothing counted yet" }, "Windows appear as soon as the model reads a token: write something in the playground."))
            : h(HeatMap, { title: metric.name, unit: metric.unit, about: metric.about, rows: view.sites, columns: view.starts, columnText: clock, max: metric.max,
                value: (row, column) => { const window = view.at(row, column); return window && metric.of(window); }, text: metric.text,
                picked: { row: site, column: start }, onPick: (row, column) => setPicked({ site: row, start: column }) })),
        hasData && h(Panel, { title: `${site} over time`, end: h(Choice, { label: "Site", hidden: true, value: site, options: view.sites, onChange: (value) => setPicked({ ...picked, site: value }) }) },
          h("div", { class: "small-multiples" }, METRICS.filter((each) => each.id !== "rate").map((each) =>
            h(Lines, { key: each.id, title: each.name, unit: each.unit, x: view.starts, xText: clock, y: view.series(site).map((window) => window && each.of(window)), text: each.text, tone: each.id === "steered" ? "steer" : "natural", picked: start, onPick: (x) => setPicked({ site, start: x }) })),
            h(Lines, { title: "Positions", unit: "per second", x: view.starts, xText: clock, y: view.series(site).map((window) => window && window.positions / (window.windowMs / 1000)), text: short, tone: "natural", picked: start, onPick: (x) => setPicked({ site, start: x }) }),
            feed.pairs.length > 0 && h(Lines, { title: "Divergence of pairs", unit: "nats per token, mean of 2 s", x: feed.pairs.map((each) => each.atMs), xText: clock, y: feed.pairs.map((each) => each.nats), text: short, tone: "steer" }),
            feed.pairs.length > 0 && h(Lines, { title: "Other codes of pairs", unit: "share of the steered half's", x: feed.pairs.map((each) => each.atMs), xText: clock, y: feed.pairs.map((each) => each.codes), text: percent, tone: "steer" }),
            h(Lines, { title: "Tokens written", unit: "per second, all requests", x: view.rates.map((each) => each.atMs), xText: clock, y: view.rates.map((each) => each.tokens), text: short })))),
      h("div", { class: "stack" },
        hasData && h(WindowFacts, { card, window: view.at(site, start), start }),
        h(Effects, { feed }), h(Alerts, { alerts: feed.alerts }))));
}

function Numbers({ feed, view }) {
  const last = view.starts.findLast((start) => view.sites.some((site) => view.at(site, start)?.complete));
  const windows = last === undefined ? [] : view.sites.map((site) => view.at(site, last)).filter(Boolean);
  const sum = (of) => windows.reduce((total, each) => total + of(each), 0);
  const activations = sum((each) => each.activations);
  const drift = windows.reduce((most, each) => (each.drift > (most?.drift ?? -1) ? each : most), null);
  const rate = feed.rates.at(-1)?.tokens;
  const cards = [
    ["Tokens", rate === undefined ? "–" : short(rate), "per second, written"],
    ["Running", feed.running === null ? "–" : count(feed.running), "requests"],
    ["Positions", windows.length ? short(Math.max(...windows.map((each) => each.positions)) / (view.windowMs / 1000)) : "–", "per second, read"],
    ["Codes in use", windows.length ? count(sum((each) => each.distinct)) : "–", `of ${count(sum((each) => each.codes))} in the last window`],
    ["Steered", windows.length ? percent(activations ? sum((each) => each.steeredActivations) / activations : 0) : "–", "of slots"],
    ["Most drift", drift ? short(drift.drift) : "–", drift ? `nats, ${drift.site}` : "nats"],
    ["Alerts", count(feed.alerts.length), feed.alerts[0] ? `last ${ago(feed.alerts[0].atMs)}` : "none lately"],
  ];
  return h("dl", { class: "numbers" }, cards.map(([name, value, unit]) => h("div", { key: name }, h("dt", {}, name), h("dd", {}, h("strong", {}, value), h("span", { class: "small quiet" }, unit)))));
}
