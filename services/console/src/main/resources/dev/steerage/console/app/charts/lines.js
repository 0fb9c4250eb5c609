import { h, useState } from "../lib/dom.js";
import { ChartFrame } from "./frame.js";

const WIDTH = 300;
const HEIGHT = 84;
const PAD = 4;

/**
 * One quantity over time. Gaps stay gaps.
 *
 * @param {{title: string, unit: string, x: number[], xText: (x: number) => string, y: (number | null)[], text: (y: number) => string,
 *   tone?: string, picked?: number | null, onPick?: (x: number) => void}} props
 */
export function Lines({ title, unit, x, xText, y, text, tone = "natural", picked, onPick }) {
  const [at, setAt] = useState(null);
  const known = y.filter((each) => each !== null);
  const high = Math.max(...known, 1e-9);
  const low = Math.min(...known, high);
  // From zero, unless the line would then be a line at the top.
  const base = low > high * 0.6 ? low - (high - low || high * 0.1) * 0.3 : 0;
  const px = (i) => PAD + (i / Math.max(1, x.length - 1)) * (WIDTH - 2 * PAD);
  const py = (value) => HEIGHT - PAD - ((value - base) / (high - base || 1)) * (HEIGHT - 2 * PAD);
  let line = "";
  let isDown = false;
  y.forEach((value, i) => {
    if (value === null) isDown = false;
    else {
      line += `${isDown ? "L" : "M"}${px(i).toFixed(1)} ${py(value).toFixed(1)}`;
      if (!isDown && (y[i + 1] ?? null) === null) line += "h0.01";
      isDown = true;
    }
  });
  const near = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(x.length - 1, Math.round(((event.clientX - box.left) / box.width) * (x.length - 1))));
  };
  const shown = at ?? (picked === null || picked === undefined ? -1 : x.indexOf(picked));
  const value = shown >= 0 ? y[shown] : null;
  return h(ChartFrame, { title, unit, aside: value === null || value === undefined ? (known.length ? text(known.at(-1)) : "") : `${text(value)} at ${xText(x[shown])}`, head: ["time", unit], rows: () => x.map((each, i) => [xText(each), y[i] === null ? "–" : text(y[i])]) },
    h("svg", { class: `lines ${tone}`, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": `${title}, ${unit}`,
      onMouseMove: (event) => setAt(near(event)), onMouseLeave: () => setAt(null), onClick: (event) => onPick?.(x[near(event)]) },
      [0, 0.5, 1].map((part) => h("line", { key: part, class: "grid", x1: 0, x2: WIDTH, y1: PAD + part * (HEIGHT - 2 * PAD), y2: PAD + part * (HEIGHT - 2 * PAD) })),
      h("path", { class: "line", d: line }),
      shown >= 0 && h("line", { class: "cursor-line", x1: px(shown), x2: px(shown), y1: 0, y2: HEIGHT })),
    h("span", { class: "chart-max", "aria-hidden": "true" }, known.length ? text(high) : ""),
    h("span", { class: "chart-min", "aria-hidden": "true" }, known.length ? text(base) : ""));
}
