/**
 * How far apart the two next-token distributions were: Jensen-Shannon divergence in nats over the reported alternatives and
 * one rest, which makes it a lower bound.
 *
 * @param {import("./run.js").Token} [a] @param {import("./run.js").Token} [b]
 * @returns {number | null} null where one of them has not come
 */
export function divergence(a, b) {
  if (!a?.topLogprobs || !b?.topLogprobs) return null;
  const p = chances(a);
  const q = chances(b);
  // Only what both report can be compared one by one; the others are part of the rest.
  const shared = [...p.keys()].filter((id) => q.has(id));
  let total = 0;
  let restP = 1;
  let restQ = 1;
  for (const id of shared) {
    total += part(p.get(id), q.get(id));
    restP -= p.get(id);
    restQ -= q.get(id);
  }
  return Math.max(0, total + part(Math.max(0, restP), Math.max(0, restQ)));
}

const chances = (token) => new Map(token.topLogprobs.map((each) => [each.id, Math.exp(each.logprob)]));

function part(p, q) {
  const middle = (p + q) / 2;
  const side = (x) => (x > 0 ? x * Math.log(x / middle) : 0);
  return (side(p) + side(q)) / 2;
}

/** Index of the first token that differs, or -1. @param {{id: number}[]} a @param {{id: number}[]} b */
export function firstDifference(a, b) {
  const both = Math.min(a.length, b.length);
  for (let i = 0; i < both; i++) if (a[i]?.id !== b[i]?.id) return i;
  return -1;
}
