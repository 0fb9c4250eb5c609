import { h, useState } from "../lib/dom.js";

const MOST_ROWS = 500;

/**
 * What every chart has: a title, units, and the numbers behind it as a table on request.
 *
 * @param {{title: string, unit: string, aside?: any, head: string[], rows: () => any[][], children?: any, class?: string}} props
 */
export function ChartFrame({ title, unit, aside, head, rows, children, class: name = "" }) {
  const [open, setOpen] = useState(false);
  return h("figure", { class: `chart ${name}` },
    h("figcaption", { class: "row baseline" }, h("h3", {}, title), h("span", { class: "small quiet unit" }, unit),
      h("span", { class: "end row" }, aside && h("span", { class: "small quiet nowrap" }, aside),
        h("button", { class: "button plain table-toggle", type: "button", "aria-expanded": open, "aria-label": `${title} as a table`, title: "The numbers behind it", onClick: () => setOpen(!open) }, "▤"))),
    open ? h(DataTable, { head, rows: rows() }) : h("div", { class: "chart-area" }, children));
}

/** @param {{head: string[], rows: any[][]}} props */
export function DataTable({ head, rows }) {
  return h("div", { class: "data-table", tabIndex: 0 },
    h("table", {}, h("thead", {}, h("tr", {}, head.map((each) => h("th", { key: each, scope: "col" }, each)))),
      h("tbody", {}, rows.slice(0, MOST_ROWS).map((row, i) => h("tr", { key: i }, row.map((cell, k) => h("td", { key: k, class: typeof cell === "number" ? "num" : "" }, cell)))))),
    rows.length > MOST_ROWS && h("p", { class: "small quiet" }, `${rows.length - MOST_ROWS} more rows`));
}
