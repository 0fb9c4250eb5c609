import { h } from "../../lib/dom.js";
import { short } from "../../lib/format.js";
import { Columns } from "../../charts/columns.js";
import { divergence } from "./divergence.js";

/** Divergence of the two runs per token. @param {{bench: import("./bench.js").Bench}} props */
export function DivergenceChart({ bench }) {
  const a = bench.steered.tokens;
  const b = bench.plain.tokens;
  const values = a.map((token, i) => divergence(token, b[i]));
  const flags = bench.interventions.filter((each) => each.tokenIndex !== undefined).map((each) => ({ at: each.tokenIndex, text: String(each.number) }));
  return h(Columns, {
    title: "Divergence per token", unit: "nats, Jensen-Shannon, at least", max: Math.LN2, values, marks: flags,
    size: Math.max(40, Number(bench.steered.prompt?.maxTokens ?? 0)),
    picked: bench.picked && bench.picked.index >= 0 ? bench.picked.index : null,
    onPick: (i) => bench.pick("steered", i),
    table: { head: ["token", "steered", "unsteered", "nats"], row: (i) => [i, a[i]?.text ?? "", b[i]?.text ?? "", values[i] === null ? "–" : short(values[i])] },
  });
}
