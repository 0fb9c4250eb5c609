import { h } from "../lib/dom.js";
import { short } from "../lib/format.js";
import { ChartFrame } from "./frame.js";

const HEIGHT = 56;

/**
 * Narrow columns over an index; grows to the right as values come.
 *
 * @param {{title: string, unit: string, values: (number | null)[], max: number, size: number, marks?: {at: number, text: string}[],
 *   aside?: string, picked?: number | null, onPick?: (i: number) => void, table: {head: string[], row: (i: number) => any[]}}} props
 */
export function Columns({ title, unit, values, max, size, marks = [], aside, picked, onPick, table }) {
  const n = Math.max(size, values.length);
  const pick = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const i = Math.floor(((event.clientX - box.left) / box.width) * n);
    if (i >= 0 && i < values.length) onPick?.(i);
  };
  const sum = values.reduce((total, each) => total + (each ?? 0), 0);
  return h(ChartFrame, { title, unit, aside: aside ?? (values.length ? `mean ${short(sum / values.length)}` : ""), head: table.head, rows: () => values.map((_, i) => table.row(i)) },
    h("svg", { class: "columns", viewBox: `0 0 ${n} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": `${title}, ${unit}`, onClick: pick },
      h("line", { class: "axis", x1: 0, x2: n, y1: HEIGHT, y2: HEIGHT }),
      h("line", { class: "grid", x1: 0, x2: n, y1: HEIGHT / 2, y2: HEIGHT / 2 }),
      picked !== null && picked !== undefined && h("rect", { class: "picked", x: picked, y: 0, width: 1, height: HEIGHT }),
      values.map((value, i) => {
        if (value === null) return null;
        const height = Math.max(0.75, (value / max) * HEIGHT);
        return h("rect", { key: i, class: "column", x: i + 0.1, width: 0.8, y: HEIGHT - height, height });
      }),
      marks.map((mark) => h("line", { key: mark.text, class: "mark", x1: mark.at, x2: mark.at, y1: 0, y2: HEIGHT }))),
    h("span", { class: "chart-max", "aria-hidden": "true" }, short(max)));
}
