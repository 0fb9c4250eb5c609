import { h } from "../lib/dom.js";
import { ChartFrame } from "./frame.js";

const STEPS = 9;
const CELL = 12;
const LEFT = 74;
const BOTTOM = 16;
const FULL = 60;

/**
 * Rows by columns; the colour is one of nine steps from the smallest to the largest value that is shown.
 *
 * @template R, C
 * @param {{title: string, unit: string, about: string, rows: R[], columns: C[], columnText: (column: C) => string, max?: number,
 *   value: (row: R, column: C) => number | null, text: (n: number) => string,
 *   picked: {row: R | null, column: C | null}, onPick: (row: R, column: C) => void}} props
 */
export function HeatMap({ title, unit, about, rows, columns, columnText, value, text, picked, onPick, max }) {
  const values = rows.map((row) => columns.map((column) => value(row, column)));
  const known = values.flat().filter((each) => each !== null);
  const low = Math.min(...known);
  const high = Math.max(...known);
  const step = (n) => (high > low ? Math.min(STEPS - 1, Math.floor(((n - low) / (high - low)) * STEPS)) : 0);
  // Few columns are wide ones, so that the picture has the same shape.
  const wide = CELL * Math.max(1, FULL / columns.length);
  const width = LEFT + columns.length * wide;
  const height = rows.length * CELL + BOTTOM;
  const cellAt = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * width;
    const y = ((event.clientY - box.top) / box.height) * (height + 1) - 1;
    const column = columns[Math.floor((x - LEFT) / wide)];
    const row = rows[Math.floor(y / CELL)];
    if (column !== undefined && row !== undefined) onPick(row, column);
  };
  const move = (event) => {
    const [dx, dy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    if (!dx && !dy) return;
    event.preventDefault();
    const clamp = (n, most) => Math.max(0, Math.min(most - 1, n));
    onPick(rows[clamp(rows.indexOf(picked.row) + dy, rows.length)], columns[clamp(columns.indexOf(picked.column) + dx, columns.length)]);
  };
  const every = Math.max(1, Math.round(columns.length / 6));
  const px = rows.indexOf(picked.row);
  const py = columns.indexOf(picked.column);
  return h(ChartFrame, {
    title, unit, aside: known.length ? h("span", { class: "row scale-key" }, text(low), h("span", { class: "ramp", "aria-hidden": "true" }, Array.from({ length: STEPS }, (_, i) => h("i", { key: i, class: `q${i}` }))), text(high)) : "",
    head: ["site", ...columns.map(columnText)], rows: () => rows.map((row, r) => [row, ...values[r].map((each) => (each === null ? "–" : text(each)))]),
  },
    h("svg", { class: "heat-map", viewBox: `0 -1 ${width} ${height + 1}`, role: "application", tabindex: 0, "aria-label": `${title} in ${unit}: ${about} Arrow keys move.`, onClick: cellAt, onKeyDown: move },
      rows.map((row, r) => h("g", { key: row },
        h("text", { class: `row-name${row === picked.row ? " on" : ""}`, x: LEFT - 6, y: r * CELL + CELL / 2, "text-anchor": "end", "dominant-baseline": "central" }, row),
        values[r].map((each, c) => each === null ? null : h("rect", { key: columns[c], class: `q${step(each)}`, x: LEFT + c * wide, y: r * CELL, width: wide - 1, height: CELL - 1 })))),
      columns.map((column, c) => c % every === 0 && h("text", { key: column, x: LEFT + c * wide, y: height - 4 }, columnText(column))),
      px >= 0 && py >= 0 && h("rect", { class: "cursor", x: LEFT + py * wide - 1, y: px * CELL - 1, width: wide + 1, height: CELL + 1 })));
}
