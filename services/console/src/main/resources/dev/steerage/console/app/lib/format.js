// Numbers, times and tokens as text. Nothing here makes markup.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const one = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** @param {number} n */
export const count = (n) => (Math.abs(n) >= 100000 ? compact.format(n) : whole.format(n));

/** Three digits that matter. @param {number} n */
export function short(n) {
  if (!Number.isFinite(n)) return "–";
  const size = Math.abs(n);
  if (size >= 100) return count(n);
  if (size >= 10) return one.format(n);
  if (size >= 0.01 || n === 0) return n.toFixed(2);
  return n.toExponential(1);
}

/** @param {number} share 0 to 1 */
export const percent = (share) => (share > 0 && share < 0.001 ? "<0.1 %" : `${(share * 100).toFixed(1)} %`);

/** @param {number} offset in the rule log; below 0 while nobody has written a rule */
export const revision = (offset) => (offset < 0 ? "none: no rules yet" : String(offset));

/** @param {number} ms epoch milliseconds */
export const clock = (ms) => new Date(ms).toLocaleTimeString("en-GB");

/** @param {number} ms epoch milliseconds */
export const moment = (ms) => `${new Date(ms).toLocaleDateString("en-CA")} ${clock(ms)}`;

/** @param {number} ms epoch milliseconds */
export function ago(ms) {
  const s = Math.max(0, Math.round((Date.now() - ms) / 1000));
  if (s < 60) return `${s} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ago`;
  return moment(ms);
}

/** @param {number} ms length of a window */
export const duration = (ms) => (ms < 1000 ? `${ms} ms` : ms < 60000 ? `${ms / 1000} s` : `${ms / 60000} min`);

/** White space made visible. @param {string} text */
export const visible = (text) =>
  text === "" ? "∅" : text.replace(/\n/g, "⏎").replace(/\t/g, "⇥").replace(/^ /, "␣").replace(/ $/, "␣");

/** @param {number} n @param {string} one @param {string} [many] */
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;
