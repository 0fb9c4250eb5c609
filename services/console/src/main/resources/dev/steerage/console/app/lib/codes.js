// Names of sites and codes, and what actions do with them.

const CODE = /^(L\d{1,4}\.[a-z_]{1,16}(?:\.H\d{1,4})?):(\d{1,9})$/;

/** @param {string} site @param {number} id */
export const codeName = (site, id) => `${site}:${id}`;

/** @param {string} code @returns {{site: string, id: number} | null} */
export function parseCode(code) {
  const match = CODE.exec(code.trim());
  return match ? { site: match[1], id: Number(match[2]) } : null;
}

/**
 * What is wrong with a code for this model, or null.
 * @param {string} code
 * @param {import("../state/session.js").ModelCard} card
 */
export function codeProblem(code, card) {
  const parsed = parseCode(code);
  if (!parsed) return "a code looks like L0.mlp:471";
  const site = card.sites.find((each) => each.site === parsed.site);
  if (!site) return `${card.model} has no site ${parsed.site}`;
  if (parsed.id >= site.codes) return `${parsed.site} has codes 0 to ${site.codes - 1}`;
  return null;
}

export const VERBS = ["activate", "append", "ban", "ablate", "stop", "tag", "alert"];

/** The verb, its codes and the slots of one action. @param {Record<string, any>} action */
export function readAction(action) {
  const verb = VERBS.find((each) => each in action) ?? "?";
  const selection = action[verb];
  return { verb, codes: Array.isArray(selection) ? selection : [], concept: selection?.concept ?? null, slots: action.slots };
}

/** One line. @param {Record<string, any>} action */
export function actionText(action) {
  const { verb, codes, concept, slots } = readAction(action);
  if (verb === "stop") return "stop the request";
  if (verb === "tag") return `tag ${action.tag}`;
  if (verb === "alert") return `alert: ${action.alert?.message ?? ""}`;
  const what = concept ? `concept ${concept}` : codes.slice(0, 2).join(", ") + (codes.length > 2 ? ` and ${codes.length - 2} more` : "");
  return `${verb} ${what}${slots === "all" ? " in all slots" : typeof slots === "number" ? ` in slot ${slots}` : ""}`;
}
