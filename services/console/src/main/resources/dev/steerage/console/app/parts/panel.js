import { h } from "../lib/dom.js";

/** A titled surface. @param {{title: string, end?: any, flush?: boolean, class?: string, bodyClass?: string, children?: any}} props */
export function Panel({ title, end, flush, class: name = "", bodyClass = "", children }) {
  return h("section", { class: `panel ${name}`, "aria-label": title },
    h("header", {}, h("h2", {}, title), end && h("div", { class: "end" }, end)),
    h("div", { class: `body ${flush ? "flush" : ""} ${bodyClass}` }, children));
}

/** Tabs with arrow keys. @param {{label: string, tabs: {id: string, name: string}[], value: string, onChange: (id: string) => void}} props */
export function Tabs({ label, tabs, value, onChange }) {
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = tabs.findIndex((each) => each.id === value);
    const next = (at + step + tabs.length) % tabs.length;
    onChange(tabs[next].id);
    event.currentTarget.children[next].focus();
  };
  return h("div", { class: "tabs", role: "tablist", "aria-label": label, onKeyDown: move }, tabs.map((each) =>
    h("button", { key: each.id, type: "button", role: "tab", "aria-selected": each.id === value, tabIndex: each.id === value ? 0 : -1, onClick: () => onChange(each.id) }, each.name)));
}
