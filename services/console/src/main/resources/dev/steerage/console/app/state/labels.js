import { gateway } from "../api/gateway.js";
import { Store } from "../lib/store.js";

/** What people said codes stand for, by model. */
class Labels extends Store {
  /** @type {Map<string, Map<string, string>>} */
  #byModel = new Map();

  /** @param {string} model @param {string} code @returns {string | null} */
  of(model, code) {
    if (!this.#byModel.has(model)) {
      this.#byModel.set(model, new Map());
      this.load(model);
    }
    return this.#byModel.get(model).get(code) ?? null;
  }

  async load(model) {
    try {
      const labels = await gateway.labels(model);
      this.#byModel.set(model, new Map(labels.map((each) => [each.code, each.label])));
      this.changed();
    } catch {
      // Labels are an extra: without an index the codes keep their names.
    }
  }

  async put(model, code, label) {
    if (label) await gateway.putLabel(model, code, label);
    else await gateway.removeLabel(model, code);
    const known = this.#byModel.get(model) ?? new Map();
    if (label) known.set(code, label);
    else known.delete(code);
    this.#byModel.set(model, known);
    this.changed();
  }
}

export const labels = new Labels();
