/**
 * Makes the model believe that it has just written another state: at the state's last digit the target's codes, and at the
 * next position those of the target with the digit that was read there, because that position has seen the real state too.
 *
 * @param {number} target @param {import("./automaton.js").Automaton} automaton @param {import("./step-codes.js").StepCodes} codes
 * @param {(site: string) => boolean} where
 * @returns {{read: string, codes: string[]}[]} steps that were seen
 */
export function stepsTowards(target, automaton, codes, where) {
  return automaton.prefixesAfter(target).map((read) => ({ read, codes: codes.codes(target, read, where) })).filter((each) => each.codes.length);
}

/** Rules for every state boundary of one running request. */
export function standingRules(id, steps, request, model, automaton, alphabet) {
  return steps.map(({ read, codes }) => ({
    rule: read ? `${id}.${read}` : id,
    model,
    match: { request },
    when: {
      phase: "generation",
      positions: { every: automaton.digits, offset: alphabet.start.length + automaton.digits - 1 + read.length },
      ...after(read, alphabet),
    },
    do: [{ activate: codes }],
  }));
}

/** Inline rules that act at the end of one context only; `end` is the position after its last token. */
export function rulesAt(end, steps, alphabet) {
  return steps.map(({ read, codes }) => ({
    rule: read ? `step.${read}` : "step",
    when: { positions: [end - 1 + read.length], ...after(read, alphabet) },
    do: [{ activate: codes }],
  }));
}

const after = (read, alphabet) => (read ? { after: { tokens: [alphabet.ids.get(read.at(-1))] } } : {});
