/** Index of the first token that differs, or -1. @param {{id: number}[]} a @param {{id: number}[]} b */
export function firstDifference(a, b) {
  const both = Math.min(a.length, b.length);
  for (let i = 0; i < both; i++) if (a[i]?.id !== b[i]?.id) return i;
  return -1;
}

/** Means over a pair, up to the token from which the texts are others. @param {import("./run.js").Twin} twin @param {number} first its index, or -1 */
export function meansOf(twin, first) {
  const compared = twin.tokens.filter((each) => each && (first < 0 || each.index <= first));
  const mean = (of) => {
    const known = compared.map(of).filter((each) => each !== undefined);
    return known.length ? known.reduce((sum, each) => sum + each, 0) / known.length : null;
  };
  return { divergence: mean((each) => each.divergence), codes: mean((each) => each.codes) };
}
