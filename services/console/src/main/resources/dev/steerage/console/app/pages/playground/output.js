import { h } from "../../lib/dom.js";
import { actionText } from "../../lib/codes.js";
import { router } from "../../lib/router.js";
import { Choice } from "../../parts/field.js";
import { Empty, Failure } from "../../parts/states.js";
import { colouring } from "./colours.js";
import { firstDifference } from "./divergence.js";
import { DivergenceChart } from "./divergence-chart.js";
import { TokenText } from "./token-text.js";

/** What is being written, once or twice. @param {{bench: import("./bench.js").Bench}} props */
export function Output({ bench }) {
  const { steered, plain } = bench;
  const colours = [
    { value: "steering", name: "steering" },
    { value: "surprise", name: "surprise" },
    ...(plain ? [{ value: "difference", name: "difference of the two" }] : []),
    ...(bench.code ? [{ value: "code", name: `where ${bench.code} fired` }] : []),
    ...bench.card.sites.map((each) => ({ value: `site ${each.site}`, name: `codes of ${each.site}` })),
  ];
  return h("section", { class: "panel playground-output", "aria-label": "Output" },
    h("header", {}, h("h2", {}, "Output"),
      h("div", { class: "end" }, h("span", { class: "small quiet optional" }, "Colour by"),
        h(Choice, { label: "Colour by", hidden: true, value: bench.colour, options: colours, onChange: (value) => bench.setColour(value) }))),
    !steered
      ? h(Empty, { title: "Nothing written yet" }, "Press Write. Tokens appear as they are chosen; each one carries the codes that fired and the revision of the rules in force.")
      : h("div", { class: "body flush stack tight playground-runs" },
          h("div", { class: `panes${plain ? " two" : ""}` },
            h(Pane, { bench, run: steered, which: "steered", title: plain ? "Steered" : "Completion" }),
            plain && h(Pane, { bench, run: plain, which: "plain", title: "Unsteered" })),
          h(Legend, { bench, run: steered }),
          plain && h(DivergenceChart, { bench })),
    h(SteeringList, { bench }));
}

function Pane({ bench, run, which, title }) {
  const other = which === "steered" ? bench.plain : bench.steered;
  const first = other ? firstDifference(run.tokens, other.tokens) : -1;
  return h("div", { class: "pane" },
    h("div", { class: "row pane-head" }, h("h3", {}, title), h(Status, { run }),
      h("span", { class: "end small quiet nowrap" }, first >= 0 ? `differs from token ${first}` : "")),
    run.error && h(Failure, { error: run.error }),
    h(TokenText, { bench, run, which, colours: colouring(bench, run), firstDifference: first }));
}

function Status({ run }) {
  const rate = run.tokens.length;
  const text = {
    idle: "", sending: "sending…", running: `token ${rate}`, reconnecting: `connection lost at token ${rate}, resuming…`,
    finished: `${rate} tokens, ${run.finish?.reason ?? "stopped"}`, failed: "failed",
  }[run.status];
  const tone = { running: "good", reconnecting: "warn", failed: "bad" }[run.status] ?? "";
  return h("span", { class: `chip ${tone}`, role: "status", "aria-live": run.status === "running" ? "off" : "polite" }, text, run.resumes > 0 && ` · resumed ${run.resumes}×`);
}

function Legend({ bench, run }) {
  const { legend, about } = colouring(bench, run);
  return h("div", { class: "legend", "aria-label": "Legend" }, h("span", { class: "visually-hidden" }, about),
    legend.map((each) => each.code
      ? h("button", { key: each.text, type: "button", class: `code ${each.class}`, title: about, onClick: () => bench.showCode(each.code) }, each.text.split(":")[1], h("span", { class: "quiet" }, ` ×${each.count}`))
      : h("span", { key: each.text, class: "row" }, h("i", { class: `swatch ${each.class}` }), h("span", { class: "small" }, each.text))),
    legend.length === 0 && h("span", { class: "small quiet" }, "No codes have come yet."));
}

/** What was asked to act, and from which token it holds. */
function SteeringList({ bench }) {
  if (!bench.interventions.length) return null;
  return h("div", { class: "steering-list" },
    h("h3", {}, "Steering"),
    h("ol", {}, bench.interventions.map((each) => h("li", { key: each.number, class: "row" },
      h("span", { class: "flag", "aria-hidden": "true" }, each.number),
      h("span", { class: "mono small wrap-any" }, actionText(each.action)),
      h("span", { class: `chip ${each.state === "refused" ? "bad" : each.state === "next" ? "" : "steer"}`, role: "status" }, stateText(each)),
      each.why && h("span", { class: "small" }, each.why),
      h("span", { class: "end row" },
        h("a", { class: "button plain", href: router.href("rules", "new", { do: JSON.stringify([each.action]) }) }, "Keep as rule"),
        h("button", { class: "button icon plain", type: "button", "aria-label": `Remove ${actionText(each.action)}`, title: "Not on the next request", onClick: () => bench.drop(each) }, "×"))))));
}

function stateText(each) {
  const took = each.tookMs ? ` (${Math.round(each.tookMs)} ms)` : "";
  switch (each.state) {
    case "next": return "from the first token of the next request";
    case "sent": return "sent…";
    case "accepted": return `acknowledged${took}${each.tokenIndex === undefined ? "" : `, holds from token ${each.tokenIndex}`}`;
    case "applied": return `holds from token ${each.tokenIndex}${took}`;
    default: return "refused";
  }
}
