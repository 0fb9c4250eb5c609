const WIDE = 76;

/** JSON for people: what fits on a line stays on it. @param {any} value @param {string} [indent] @returns {string} */
export function jsonText(value, indent = "") {
  const flat = oneLine(value);
  if (value === null || typeof value !== "object" || (indent !== "" && flat.length + indent.length <= WIDE)) return flat;
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const lines = isList
    ? value.map((each) => inner + jsonText(each, inner))
    : Object.entries(value).map(([name, each]) => `${inner}${JSON.stringify(name)}: ${jsonText(each, inner)}`);
  if (!lines.length) return flat;
  const [open, close] = isList ? "[]" : "{}";
  return `${open}\n${lines.join(",\n")}\n${indent}${close}`;
}

function oneLine(value) {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (value && typeof value === "object") return `{${Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${oneLine(each)}`).join(", ")}}`;
  return JSON.stringify(value);
}
