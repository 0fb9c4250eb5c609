import { actionText, readAction } from "../../lib/codes.js";
import { duration, moment, plural } from "../../lib/format.js";

// A rule in words.

/** @param {Record<string, any>} rule */
export function who({ match }) {
  if (!match || !Object.keys(match).length) return "all requests";
  const parts = [];
  if (match.request) parts.push(`request ${match.request}`);
  if (match.session) parts.push(`session ${match.session}`);
  for (const [name, value] of Object.entries(match.labels ?? {})) parts.push(`${name} = ${value}`);
  if (match.percent !== undefined && match.percent < 100) parts.push(`${match.percent} % of ${parts.length ? "them" : "all requests"}`);
  if (match.mandatory) parts.push(parts.length ? "mandatory" : "all requests, mandatory");
  return parts.join(", ") || "all requests";
}

/** @param {Record<string, any>} rule */
export const when = (rule) => (rule.when && condition(rule.when)) || "always";

/** A condition in words; several that hold together are joined by commas. @param {Record<string, any>} at @returns {string} */
function condition(at) {
  const parts = [];
  if (at.phase && at.phase !== "any") parts.push(`in the ${at.phase}`);
  if (Array.isArray(at.positions)) parts.push(`at ${plural(at.positions.length, "position")}`);
  else if (at.positions?.every) parts.push(`every ${at.positions.every} positions`);
  else if (at.positions) parts.push(`positions ${at.positions.from ?? 0} to ${at.positions.to ?? "the end"}`);
  if (at.after?.tokens) parts.push(`after ${plural(at.after.tokens.length, "token")}`);
  if (at.after?.sequence) parts.push(`after ${plural(at.after.sequence.length, "token")} in a row`);
  if (at.after?.text !== undefined) parts.push(`after /${at.after.text}/`);
  if (at.fired) parts.push(`within ${at.fired.within} of ${named(at.fired)}`);
  if (at.count) parts.push(`${at.count.atLeast} of ${at.count.over} positions with ${named(at.count)}`);
  if (Array.isArray(at.any)) parts.push(`any of (${at.any.map(condition).join("; ")})`);
  if (Array.isArray(at.all)) parts.push(at.all.map(condition).join(", "));
  if (at.not) parts.push(`not (${condition(at.not)})`);
  if (at.once) parts.push("once");
  return parts.filter(Boolean).join(", ");
}

const named = ({ concept, codes }) => (concept ? `concept ${concept}` : (codes ?? []).slice(0, 2).join(", "));

/** @param {Record<string, any>} rule */
export function until({ until: end }) {
  if (!end) return "until removed";
  const parts = [];
  if (end.tokens) parts.push(plural(end.tokens, "token"));
  if (end.uses) parts.push(plural(end.uses, "use"));
  if (end.timeMs) parts.push(moment(end.timeMs));
  if (end.when) parts.push(condition(end.when));
  return `until ${parts.join(" or ")}`;
}

/** @param {Record<string, any>} rule */
export const what = (rule) => (rule.do ?? []).map(actionText).join("; ");

/** All codes that a rule names. @param {Record<string, any>} rule @returns {string[]} */
export const codesOf = (rule) => [...(rule.do ?? []).flatMap((each) => readAction(each).codes), ...conditionCodes(rule.when ?? {}), ...conditionCodes(rule.until?.when ?? {})];

/** @param {Record<string, any>} at @returns {string[]} */
function conditionCodes(at) {
  const inner = [...(Array.isArray(at.any) ? at.any : []), ...(Array.isArray(at.all) ? at.all : []), ...(at.not ? [at.not] : [])];
  return [...(at.fired?.codes ?? []), ...(at.count?.codes ?? []), ...inner.flatMap(conditionCodes)];
}

/** A record of the log in words. @param {Record<string, any> | undefined} change */
export function changeText(change) {
  if (!change) return "a record that is no change";
  if (change.rule) return `put rule ${change.rule}`;
  if (change.remove) return `removed rule ${change.remove}`;
  if (change.concept) return `put concept ${change.concept}`;
  if (change.removeConcept) return `removed concept ${change.removeConcept}`;
  if (change.monitor) return `put monitor ${change.monitor}`;
  if (change.removeMonitor) return `removed monitor ${change.removeMonitor}`;
  return "unknown change";
}

/** What a record of the log says, in words; empty where its name says all. @param {Record<string, any> | undefined} change */
export function changeWords(change) {
  if (change?.rule) return what(change);
  if (change?.concept) return some(change.codes ?? []);
  if (change?.monitor) return watches(change);
  return "";
}

const some = (codes) => codes.slice(0, 3).join(", ") + (codes.length > 3 ? ` and ${codes.length - 3} more` : "");
const selection = (codes) => (codes?.concept ? `concept ${codes.concept}` : Array.isArray(codes) ? some(codes) : String(codes));

/** What a monitor measures and when it is raised. @param {Record<string, any>} monitor */
export function watches({ measure = {}, window = {}, above, below }) {
  const [kind] = Object.keys(measure).filter((each) => !["with", "baseline", "confidence"].includes(each));
  const of = measure[kind];
  const names = {
    rate: (codes) => `activations per second of ${selection(codes)}`, share: (codes) => `share of ${selection(codes)}`,
    coFiring: (codes) => `share of ${selection(codes)} with ${selection(measure.with)}`, absence: (codes) => `silence of ${selection(codes)}`,
    distinct: (site) => `distinct codes of ${site}`, entropy: (site) => `entropy of ${site} in nats`, drift: (site) => `drift of ${site} in nats`,
    stops: (which) => `share of requests stopped${which.rule ? ` by ${which.rule}` : ""}`, divergence: (which) => `divergence of pairs in nats per token${which.rule ? ` under ${which.rule}` : ""}`, loss: (which) => `loss under the unsteered model in nats per token${which.rule ? ` of ${which.rule}` : ""}`, alerts: (which) => `alerts per request${which.rule ? ` of ${which.rule}` : ""}`,
  };
  const bound = above !== undefined ? ` above ${above}` : below !== undefined ? ` below ${below}` : kind === "drift" ? " beyond chance" : "";
  const time = window.silenceMs ? `up to ${duration(window.silenceMs)} of silence` : window.hoppingMs ? `${duration(window.hoppingMs)}, each ${duration(window.everyMs)}` : `${duration(window.tumblingMs ?? 0)}`;
  return `${names[kind]?.(of) ?? kind}${bound}, over ${time}`;
}

/** @param {Record<string, any>} monitor */
export const watched = ({ scope }) => (scope?.label ? `each value of label ${scope.label}` : scope && scope !== "tenant" ? `each ${scope}` : "all together");
