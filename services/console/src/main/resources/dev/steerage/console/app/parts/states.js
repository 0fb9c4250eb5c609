import { h } from "../lib/dom.js";

/** Nothing is here yet, and what to do about it. */
export function Empty({ title, busy, children }) {
  return h("div", { class: "empty", role: "status" }, h(Wheel),
    h("strong", {}, title), children && h("p", {}, children), busy && h(Progress, { label: title }));
}

function Wheel() {
  return h("svg", { viewBox: "0 0 56 40", "aria-hidden": "true" },
    h("g", { fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linecap": "round" },
      h("circle", { cx: 28, cy: 20, r: 9 }), h("circle", { cx: 28, cy: 20, r: 2.5 }),
      h("path", { d: "M28 3v8M28 29v8M11 20h8M37 20h8M16 8l5.5 5.5M34.500 26.500L40 32M40 8l-5.500 5.500M21.500 26.500L16 32" }),
      h("path", { d: "M2 37h52", "stroke-dasharray": "1 5" })));
}

/** @param {{value?: number, label: string}} props value from 0 to 1; none: unknown */
export function Progress({ value, label }) {
  const known = value !== undefined;
  return h("div", { class: `progress${known ? "" : " unknown"}`, role: "progressbar", "aria-label": label, "aria-valuenow": known ? Math.round(value * 100) : undefined, "aria-valuemin": 0, "aria-valuemax": 100 },
    h("i", { style: known ? { width: `${value * 100}%` } : {} }));
}

/** An error where its result would have been. @param {{error: any, retry?: () => void}} props */
export function Failure({ error, retry }) {
  return h("div", { class: "notice bad", role: "alert" },
    h("div", { class: "stack tight grow" },
      h("span", {}, error.message),
      error.problems?.length > 1 && h("ul", {}, error.problems.map((each, i) => h("li", { key: i }, `${each.kind}: ${each.detail}`)))),
    retry && h("button", { class: "button", type: "button", onClick: retry }, "Try again"));
}
