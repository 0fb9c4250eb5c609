import { gateway } from "../../api/gateway.js";

const PROMPTS_PER_CALL = 16;

/**
 * The exact probability of each next state: first digits are forced one after the other, the digits' probabilities are
 * multiplied.
 *
 * @param {import("../../state/session.js").ModelCard} card
 * @param {import("./automaton.js").Automaton} automaton @param {import("./automaton.js").Alphabet} alphabet
 * @param {number[]} context states before @param {Record<string, any>[]} rules inline
 * @returns {Promise<number[]>} by state
 */
export async function nextStates(card, automaton, alphabet, context, rules) {
  const prefixes = new Set();
  for (let state = 0; state < automaton.states; state++) for (let n = 0; n < automaton.digits; n++) prefixes.add(automaton.text(state).slice(0, n));
  const all = [...prefixes];
  const before = context.map((state) => automaton.text(state)).join("");
  /** @type {Map<string, Record<string, number>>} */
  const chances = new Map();
  for (let at = 0; at < all.length; at += PROMPTS_PER_CALL) {
    const part = all.slice(at, at + PROMPTS_PER_CALL);
    const answer = await gateway.completions({
      model: card.model, prompt: part.map((read) => alphabet.tokens(before + read)), max_tokens: 1, temperature: 0,
      logprobs: card.vocabulary, steering: { standing_rules: false, ...(rules.length ? { rules } : {}) },
    });
    for (const choice of answer.choices) chances.set(part[choice.index], choice.logprobs?.top_logprobs?.[0] ?? {});
  }
  return Array.from({ length: automaton.states }, (_, state) => {
    const text = automaton.text(state);
    let chance = 1;
    for (let n = 0; n < text.length; n++) {
      const logprob = chances.get(text.slice(0, n))?.[text[n]];
      chance *= logprob === undefined ? 0 : Math.exp(logprob);
    }
    return chance;
  });
}
