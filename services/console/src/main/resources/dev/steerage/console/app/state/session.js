import { credentials } from "../api/client.js";
import { gateway } from "../api/gateway.js";
import { Store } from "../lib/store.js";

/**
 * @typedef {{site: string, codes: number, activeCodes: number, width: number}} SiteShape
 * @typedef {{model: string, hash: string, numericClass: string, vocabulary: number, maxPositions: number, bosToken: number,
 *   sites: SiteShape[], workers?: string[], hasTexts: boolean, hasAutomaton: boolean}} ModelCard
 */

const MODEL_POLL_MS = 3000;

/** Who is here, which models there are, which one is looked at. One per page. */
class Session extends Store {
  /** @type {"starting" | "ready" | "locked" | "unreachable"} */
  state = "starting";
  who = null;
  /** @type {ModelCard[]} */
  models = [];
  /** @type {Map<string, Promise<string[] | null>>} */
  #texts = new Map();
  /** @type {Map<string, string[] | null>} */
  #known = new Map();
  #name = localStorage.getItem("steerage.model");

  async start() {
    try {
      this.who = await gateway.whoAmI();
      this.models = await gateway.models();
      this.state = "ready";
    } catch (e) {
      this.state = e.status === 401 ? "locked" : "unreachable";
    }
    this.changed();
    const again = this.state === "unreachable" || (this.state === "ready" && !this.models.length);
    if (again) setTimeout(() => this.start(), MODEL_POLL_MS);
  }

  /** @returns {ModelCard | null} */
  get model() {
    return this.models.find((each) => each.model === this.#name) ?? this.models[0] ?? null;
  }

  /** @param {string | null} name */
  choose(name) {
    if (!name || name === this.#name || !this.models.some((each) => each.model === name)) return;
    this.#name = name;
    localStorage.setItem("steerage.model", name);
    this.changed();
  }

  /** @param {string} tenant */
  enter(tenant) {
    credentials.tenant = tenant;
    location.reload();
  }

  /** @param {string} key */
  unlock(key) {
    credentials.key = key;
    return this.start();
  }

  get canWrite() {
    return this.who?.role !== "viewer";
  }

  /** Texts of all token ids, or null where the gateway does not know them. @param {ModelCard} card */
  texts(card) {
    if (!this.#texts.has(card.model)) {
      const coming = card.hasTexts ? gateway.tokens(card.model).catch(() => null) : Promise.resolve(null);
      this.#texts.set(card.model, coming);
      coming.then((texts) => {
        this.#known.set(card.model, texts);
        this.changed();
      });
    }
    return this.#texts.get(card.model);
  }

  /** Text of one token, as far as it is known now. @param {ModelCard} card @param {number} id */
  text(card, id) {
    this.texts(card);
    return this.#known.get(card.model)?.[id] ?? `<${id}>`;
  }
}

export const session = new Session();
