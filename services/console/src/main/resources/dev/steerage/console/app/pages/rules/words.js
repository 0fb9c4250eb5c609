import { actionText, readAction } from "../../lib/codes.js";
import { plural } from "../../lib/format.js";

// A rule in words.

/** @param {Record<string, any>} rule */
export function who({ match }) {
  if (!match || !Object.keys(match).length) return "all requests";
  const parts = [];
  if (match.request) parts.push(`request ${match.request}`);
  if (match.session) parts.push(`session ${match.session}`);
  for (const [name, value] of Object.entries(match.labels ?? {})) parts.push(`${name} = ${value}`);
  if (match.percent !== undefined && match.percent < 100) parts.push(`${match.percent} % of them`);
  return parts.join(", ") || "all requests";
}

/** @param {Record<string, any>} rule */
export function when({ when: at }) {
  if (!at) return "always";
  const parts = [];
  if (at.phase && at.phase !== "any") parts.push(`in the ${at.phase}`);
  if (Array.isArray(at.positions)) parts.push(`at ${plural(at.positions.length, "position")}`);
  else if (at.positions?.every) parts.push(`every ${at.positions.every} positions`);
  else if (at.positions) parts.push(`positions ${at.positions.from ?? 0} to ${at.positions.to ?? "the end"}`);
  if (at.after) parts.push(`after ${plural(at.after.tokens.length, "token")}`);
  if (at.fired) parts.push(`within ${at.fired.within} of ${at.fired.concept ? `concept ${at.fired.concept}` : (at.fired.codes ?? []).slice(0, 2).join(", ")}`);
  if (at.once) parts.push("once");
  return parts.join(", ") || "always";
}

/** @param {Record<string, any>} rule */
export const until = (rule) => (rule.until?.tokens ? `for ${plural(rule.until.tokens, "token")}` : "until removed");

/** @param {Record<string, any>} rule */
export const what = (rule) => (rule.do ?? []).map(actionText).join("; ");

/** All codes that a rule names. @param {Record<string, any>} rule @returns {string[]} */
export const codesOf = (rule) => [...(rule.do ?? []).flatMap((each) => readAction(each).codes), ...(rule.when?.fired?.codes ?? [])];

/** A record of the log in words. @param {Record<string, any> | undefined} change */
export function changeText(change) {
  if (!change) return "a record that is no change";
  if (change.rule) return `put rule ${change.rule}`;
  if (change.remove) return `removed rule ${change.remove}`;
  if (change.concept) return `put concept ${change.concept}`;
  if (change.removeConcept) return `removed concept ${change.removeConcept}`;
  return "unknown change";
}
