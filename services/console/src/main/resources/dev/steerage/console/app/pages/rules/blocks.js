// Pieces of a rule that can be inserted, so that nobody has to know the schema by heart.

/** @typedef {{name: string, about: string, of: (code: string) => Record<string, any>}} Block */

/** @type {Block[]} */
export const BLOCKS = [
  { name: "activate", about: "Overwrites the least similar slots with codes", of: (code) => ({ do: [{ activate: [code] }] }) },
  { name: "ban", about: "Codes may not be chosen; the next best takes the slot", of: (code) => ({ do: [{ ban: [code] }] }) },
  { name: "ablate", about: "Slots that hold the codes contribute zero", of: (code) => ({ do: [{ ablate: [code] }] }) },
  { name: "fired", about: "Only shortly after one of these codes fired", of: (code) => ({ when: { fired: { codes: [code], within: 8 } } }) },
  { name: "count", about: "Only while codes keep firing", of: (code) => ({ when: { count: { codes: [code], over: 32, atLeast: 3 } } }) },
  { name: "text", about: "Only right after a text; a pattern", of: () => ({ when: { after: { text: "(?i)dragons?\\W" } } }) },
  { name: "labels", about: "Only requests with these labels", of: () => ({ match: { labels: { app: "kids" } } }) },
  { name: "percent", about: "Only a share of the sessions; raising it keeps earlier members", of: () => ({ match: { percent: 10 } }) },
  { name: "until", about: "Ends by itself on each request", of: () => ({ until: { tokens: 64 } }) },
  { name: "alert", about: "Tells the tenant's alerts, once per request", of: () => ({ do: [{ alert: { severity: "warning", message: "look at this" } }] }) },
  { name: "priority", about: "Higher applies later and so wins", of: () => ({ priority: 10 }) },
];

/**
 * The rule with the piece added: lists grow, objects are merged.
 * @param {Record<string, any>} rule @param {Block} block @param {import("../../state/session.js").ModelCard} card
 */
export function insertBlock(rule, block, card) {
  const added = block.of(`${card.sites[0].site}:0`);
  const result = { ...rule };
  for (const [name, value] of Object.entries(added)) {
    if (Array.isArray(value)) result[name] = [...(Array.isArray(rule[name]) ? rule[name] : []), ...value];
    else if (typeof value === "object") result[name] = { ...(rule[name] ?? {}), ...value };
    else result[name] = value;
  }
  return result;
}
