import { percent, short } from "../../lib/format.js";

/**
 * What a window says about a site.
 *
 * @typedef {{id: string, name: string, unit: string, about: string, of: (window: import("./feed.js").Window) => number, text: (n: number) => string, max?: number}} Metric
 */

/** @type {Metric[]} */
export const METRICS = [
  { id: "entropy", name: "Entropy", unit: "nats", about: "How evenly the codes are used.", of: (w) => w.entropyNats, text: short },
  { id: "drift", name: "Drift", unit: "nats, Jensen-Shannon", about: "How far the distribution moved from the window before.", of: (w) => w.drift, text: short },
  { id: "dead", name: "Dead share", unit: "share of codes", about: "Codes that did not fire in the window.", of: (w) => w.deadShare, text: percent, max: 1 },
  { id: "distinct", name: "Distinct codes", unit: "codes", about: "Codes that fired.", of: (w) => w.distinct, text: short },
  { id: "rate", name: "Activations", unit: "per second", about: "Natural activations: positions times k.", of: (w) => w.activations / (w.windowMs / 1000), text: short },
  { id: "steered", name: "Steered share", unit: "share of slots", about: "Slots in which another code went on.", of: (w) => (w.activations ? w.steeredActivations / w.activations : 0), text: percent },
];
