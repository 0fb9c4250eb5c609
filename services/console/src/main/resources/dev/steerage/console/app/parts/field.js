import { h } from "../lib/dom.js";

let next = 0;
const ids = new Map();
const idOf = (label) => {
  if (!ids.has(label)) ids.set(label, `field-${next++}`);
  return ids.get(label);
};

/** A labelled input. @param {{label: string, value: any, onInput: (value: string) => void, hint?: any, mono?: boolean} & Record<string, any>} props */
export function Field({ label, value, onInput, hint, mono, ...rest }) {
  const id = idOf(label);
  const shared = { id, class: `input${mono ? " mono" : ""}`, value, onInput: (e) => onInput(e.target.value) };
  const control = rest.rows ? h("textarea", { ...shared, ...rest }) : h("input", { type: "text", autocomplete: "off", ...shared, ...rest });
  return h("div", { class: "field" }, h("label", { for: id }, h("span", {}, label), hint && h("span", { class: "quiet" }, hint)), control);
}

/** A labelled choice. @param {{label: string, value: string, options: (string | {value: string, name: string, group?: string})[], onChange: (value: string) => void}} props */
export function Choice({ label, value, options, onChange, hidden, ...rest }) {
  const id = idOf(label);
  const control = h("select", { id, class: "input", value, onChange: (e) => onChange(e.target.value), "aria-label": hidden ? label : undefined, ...rest },
    options.map((each) => (typeof each === "string" ? { value: each, name: each } : each)).map((each) =>
      h("option", { key: each.value, value: each.value }, each.name)));
  return hidden ? control : h("div", { class: "field" }, h("label", { for: id }, label), control);
}

/** @param {{label: string, checked: boolean, onChange: (checked: boolean) => void}} props */
export function Check({ label, checked, onChange, ...rest }) {
  return h("label", { class: "check" }, h("input", { type: "checkbox", checked, onChange: (e) => onChange(e.target.checked), ...rest }), h("span", {}, label));
}
