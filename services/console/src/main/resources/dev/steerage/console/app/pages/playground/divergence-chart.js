import { h } from "../../lib/dom.js";
import { percent, short } from "../../lib/format.js";
import { Columns } from "../../charts/columns.js";
import { firstDifference, meansOf } from "./divergence.js";

const LEAST_SCALE = 0.7;

/** How far the halves of a pair are apart, token by token, as the worker compared them. @param {{bench: import("./bench.js").Bench}} props */
export function DivergenceChart({ bench }) {
  const { steered, plain } = bench;
  const values = Array.from(plain.tokens, (token) => token?.divergence ?? null);
  const marks = bench.interventions.filter((each) => each.tokenIndex !== undefined).map((each) => ({ at: each.tokenIndex, text: String(each.number) }));
  const { divergence, codes } = meansOf(plain, firstDifference(steered.tokens, plain.tokens));
  return h(Columns, {
    title: "Divergence per token", unit: "nats, steered from unsteered, at least", max: Math.max(LEAST_SCALE, ...values), values, marks,
    aside: divergence === null ? "" : `while the texts agree: mean ${short(divergence)}${codes === null ? "" : `, ${percent(codes)} of codes`}`,
    size: Math.max(40, Number(steered.prompt?.maxTokens ?? 0)),
    picked: bench.picked && bench.picked.index >= 0 ? bench.picked.index : null,
    onPick: (i) => bench.pick("steered", i),
    table: { head: ["token", "steered", "unsteered", "nats", "other codes"],
      row: (i) => [i, steered.tokens[i]?.text ?? "", plain.tokens[i]?.text ?? "", values[i] === null ? "–" : short(values[i]), plain.tokens[i]?.codes === undefined ? "–" : percent(plain.tokens[i].codes)] },
  });
}
