import { codeName } from "../../lib/codes.js";

/**
 * Which codes fire at which step of the automaton. A step is the last whole state and the digits of the next one that have
 * been read: the codes at a state's last digit alone do not decide the digit after the next.
 */
export class StepCodes {
  /** @type {Map<string, {times: number, sites: Map<string, Map<number, number>>}>} */
  #steps = new Map();
  /** @type {Map<string, number>} */
  #slots = new Map();
  positions = 0;

  /** @param {import("./automaton.js").Automaton} automaton @param {number} lead tokens before the first digit */
  constructor(automaton, lead) {
    this.automaton = automaton;
    this.lead = lead;
  }

  /**
   * Counts one walk.
   * @param {number[]} walk @param {{site: string, slots: number}[]} sites @param {{position: number, codes: number[][]}[]} positions
   */
  add(walk, sites, positions) {
    const { digits } = this.automaton;
    for (const each of sites) this.#slots.set(each.site, each.slots);
    for (const { position, codes } of positions) {
      const read = position - this.lead + 1;
      const whole = Math.floor(read / digits);
      if (read < digits || whole > walk.length) continue;
      this.positions += 1;
      const text = whole < walk.length ? this.automaton.text(walk[whole]) : "";
      const part = read % digits;
      if (part <= text.length) this.#count(`${walk[whole - 1]} ${text.slice(0, part)}`, sites, codes);
    }
  }

  #count(step, sites, codes) {
    const known = this.#steps.get(step) ?? { times: 0, sites: new Map() };
    this.#steps.set(step, known);
    known.times += 1;
    sites.forEach(({ site }, i) => {
      const counts = known.sites.get(site) ?? new Map();
      known.sites.set(site, counts);
      for (const code of codes[i] ?? []) counts.set(code, (counts.get(code) ?? 0) + 1);
    });
  }

  /** How often a step was seen. @param {number} state @param {string} read */
  times(state, read) {
    return this.#steps.get(`${state} ${read}`)?.times ?? 0;
  }

  /**
   * At each site the codes that fired most often at the step, as many as it has slots; among equals the lowest id.
   * @param {number} state @param {string} read @param {(site: string) => boolean} [where] @returns {string[]}
   */
  codes(state, read, where = () => true) {
    const seen = this.#steps.get(`${state} ${read}`)?.sites ?? new Map();
    return [...seen].filter(([site]) => where(site)).flatMap(([site, counts]) =>
      [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, this.#slots.get(site)).map(([code]) => codeName(site, code)));
  }
}
