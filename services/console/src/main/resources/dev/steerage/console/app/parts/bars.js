import { h } from "../lib/dom.js";

/**
 * A short table whose numbers are also bars.
 *
 * @param {{label: string, rows: {name: any, value: number, text: string, on?: boolean, tone?: string}[], max?: number}} props
 */
export function Bars({ label, rows, max }) {
  const top = max ?? Math.max(...rows.map((each) => Math.abs(each.value)), 1e-9);
  return h("div", { class: "bars", role: "table", "aria-label": label }, rows.map((each, i) => h("div", { key: i, class: "bar-row", role: "row" },
    h("span", { class: `name mono${each.on ? " on" : ""}`, role: "rowheader" }, each.name),
    h("span", { class: "track", "aria-hidden": "true" }, h("i", { class: each.tone ?? "", style: { width: `${Math.min(100, (Math.abs(each.value) / top) * 100)}%` } })),
    h("span", { class: "value", role: "cell" }, each.text))));
}
