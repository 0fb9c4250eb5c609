import { codeName } from "../../lib/codes.js";

const HUES = 12;
const STEPS = 5;
const STRONG_NATS = 1;

/**
 * What the colour of a token says.
 *
 * @typedef {{classOf: (index: number) => string, legend: {class: string, text: string, code?: string, count?: number}[], about: string}} Colouring
 * @param {import("./bench.js").Bench} bench
 * @param {import("./run.js").Run} run
 * @returns {Colouring}
 */
export function colouring(bench, run) {
  const [kind, ...rest] = bench.colour.split(" ");
  if (kind === "site") return bySite(run, rest[0]);
  if (kind === "code" && bench.code) return byCode(run, bench.code);
  if (kind === "surprise") return byNumber((i) => -run.tokens[i].logprob / 6, "How improbable the token was: –ln p, pale 0 to strong 6 nats.");
  if (kind === "difference") {
    return byNumber((i) => (bench.plain?.tokens[i]?.divergence ?? 0) / STRONG_NATS, `How far apart the two distributions were, pale 0 to strong ${STRONG_NATS} nat.`);
  }
  return {
    classOf: (i) => (run.tokens[i].steered ? "t-steered" : ""),
    legend: [{ class: "t-steered", text: "an intervention acted on the step that chose it" }],
    about: "Steered tokens are amber.",
  };
}

function byNumber(of, about) {
  return {
    classOf: (i) => {
      const step = Math.max(0, Math.min(STEPS, Math.round(of(i) * STEPS)));
      return step ? `t-level-${step}` : "";
    },
    legend: [1, 3, 5].map((step) => ({ class: `t-level-${step}`, text: ["", "low", "", "middle", "", "high"][step] })),
    about,
  };
}

/** The most similar code of a site at the step that chose each token; the twelve that come most often have a colour. */
function bySite(run, site) {
  const counts = new Map();
  const codeOf = (i) => run.codes.get(run.positionOf(i))?.get(site)?.[0];
  run.tokens.forEach((_, i) => {
    const code = codeOf(i);
    if (code !== undefined) counts.set(code, (counts.get(code) ?? 0) + 1);
  });
  const top = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, HUES);
  const hue = new Map(top.map(([code], i) => [code, i]));
  return {
    classOf: (i) => (hue.has(codeOf(i)) ? `t-hue-${hue.get(codeOf(i))}` : ""),
    legend: top.map(([code, count], i) => ({ class: `t-hue-${i}`, text: codeName(site, code), code: codeName(site, code), count })),
    about: `The most similar code of ${site} at the step that chose the token.`,
  };
}

function byCode(run, code) {
  const at = code.lastIndexOf(":");
  const site = code.slice(0, at);
  const id = Number(code.slice(at + 1));
  const fired = (i) => run.codes.get(run.positionOf(i))?.get(site)?.includes(id);
  return {
    classOf: (i) => (fired(i) ? "t-fired" : ""),
    legend: [{ class: "t-fired", text: code, code, count: run.tokens.filter((_, i) => fired(i)).length }],
    about: `Where ${code} fired.`,
  };
}
