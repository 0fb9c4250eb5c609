import { h } from "../lib/dom.js";
import { ChartFrame } from "./frame.js";

const SIZE = 300;
const LEFT = 30;
const BOTTOM = 30;
const TOP = 8;
const F1 = [0.2, 0.4, 0.6, 0.8];

/**
 * Points in the unit square, recall to the right and precision upwards, over lines of equal F1.
 *
 * @typedef {{x: number, y: number, xLow?: number, xHigh?: number, yLow?: number, yHigh?: number, name: string}} Point
 * @param {{title: string, unit: string, points: Point[], others?: ({x: number, y: number} | undefined)[], otherName?: string, picked: number | null, onPick: (i: number) => void, onOpen: (i: number) => void, head: string[], rows: () => any[][]}} props
 */
export function Scatter({ title, unit, points, others = [], otherName, picked, onPick, onOpen, head, rows }) {
  const px = (x) => LEFT + x * SIZE;
  const py = (y) => TOP + (1 - y) * SIZE;
  const move = (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step) {
      event.preventDefault();
      onPick(((picked ?? -1) + step + points.length) % points.length);
    } else if (event.key === "Enter" && picked !== null) onOpen(picked);
  };
  const on = picked === null ? null : points[picked];
  return h(ChartFrame, { title, unit, aside: on ? on.name : "", head, rows },
    h("svg", { class: "scatter", viewBox: `0 0 ${LEFT + SIZE + 10} ${TOP + SIZE + BOTTOM}`, role: "application", tabindex: 0, "aria-label": `${title}, ${unit}. Arrow keys go from best to worst, Enter opens.`, onKeyDown: move },
      [0, 0.25, 0.5, 0.75, 1].map((part) => [
        h("line", { key: `x${part}`, class: "grid", x1: px(part), x2: px(part), y1: py(0), y2: py(1) }), h("line", { key: `y${part}`, class: "grid", x1: px(0), x2: px(1), y1: py(part), y2: py(part) }),
        h("text", { key: `tx${part}`, x: px(part), y: py(0) + 13, "text-anchor": "middle" }, part), h("text", { key: `ty${part}`, x: px(0) - 5, y: py(part), "text-anchor": "end", "dominant-baseline": "central" }, part)]),
      F1.map((f) => h("path", { key: f, class: "isoline", d: isoline(f, px, py) })),
      F1.map((f) => h("text", { key: `t${f}`, class: "isoline-name", x: px(1) - 3, y: py(f / (2 - f)) - 3, "text-anchor": "end" }, `F1 ${f}`)),
      h("text", { x: px(0.5), y: py(0) + 27, "text-anchor": "middle" }, "recall"),
      h("text", { x: 8, y: py(0.5), "text-anchor": "middle", transform: `rotate(-90 8 ${py(0.5)})` }, "precision"),
      on && on.xLow !== undefined && h("path", { class: "interval", d: `M${px(on.xLow)} ${py(on.y)}H${px(on.xHigh)}M${px(on.x)} ${py(on.yLow)}V${py(on.yHigh)}` }),
      others.map((each, i) => each && h("path", { key: `o${i}`, class: `other${i === picked ? " on" : ""}`, d: `M${px(each.x)} ${py(each.y) - 4}l4 4l-4 4l-4 -4z` })),
      on && others[picked] && h("path", { class: "to-other", d: `M${px(on.x)} ${py(on.y)}L${px(others[picked].x)} ${py(others[picked].y)}` }),
      otherName && [h("path", { class: "other on", d: `M${LEFT + 8} ${TOP + 5}l4 4l-4 4l-4 -4z` }), h("text", { x: LEFT + 16, y: TOP + 12 }, otherName)],
      points.map((each, i) => h("circle", { key: i, class: `point${i === picked ? " on" : ""}`, cx: px(each.x), cy: py(each.y), r: i === picked ? 5.5 : 3.6, onMouseEnter: () => onPick(i), onClick: () => onOpen(i) }, h("title", {}, each.name)))));
}

function isoline(f, px, py) {
  let line = "";
  for (let i = 0; i <= 40; i++) {
    const recall = f / (2 - f) + (1 - f / (2 - f)) * (i / 40);
    const precision = (f * recall) / (2 * recall - f);
    line += `${line ? "L" : "M"}${px(recall).toFixed(1)} ${py(Math.min(1, precision)).toFixed(1)}`;
  }
  return line;
}
