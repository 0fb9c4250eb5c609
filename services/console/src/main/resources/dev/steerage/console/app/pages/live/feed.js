import { follow } from "../../api/events.js";
import { gateway } from "../../api/gateway.js";
import { Store } from "../../lib/store.js";

const MOST_WINDOWS = 60;
const FEWEST_WINDOWS = 12;
const MOST_ALERTS = 100;
const REQUESTS_POLL_MS = 2000;
const EFFECTS_POLL_MS = 5000;
const MOST_RULES = 20;
const MOST_RATES = 150;

/** @typedef {{model: string, site: string, windowMs: number, windowStartMs: number, complete: boolean, positions: number,
 *   activations: number, steeredActivations: number, codes: number, distinct: number, entropyNats: number, deadShare: number,
 *   drift: number, top: {code: number, count: number}[]}} Window */

/** What a model does, window by window, as the statistics service counts it; and what rules do meanwhile. */
export class Feed extends Store {
  /** @type {Map<number, Map<string, Map<number, Window>>>} by length, site and start */
  #windows = new Map();
  #paused = null;
  #ends = [];
  #seen = new Map();
  // Requests of other models.
  #others = new Set();
  windowMs = null;
  /** @type {any[]} */
  alerts = [];
  /** @type {{atMs: number, tokens: number}[]} tokens per second */
  rates = [];
  /** @type {{atMs: number, tokens: number, nats: number | null, codes: number | null}[]} how far halves of pairs are apart, lately */
  pairs = [];
  #apart = { tokens: 0, nats: 0, compared: 0, codes: 0, coded: 0 };
  running = null;
  /** @type {{rule: any, revision: number, affected: number, running: number, lastMs: number | null}[] | null} */
  effects = null;
  error = null;
  /** @type {"loading" | "live" | "reconnecting"} */
  state = "loading";

  /** @param {import("../../state/session.js").ModelCard} card */
  constructor(card) {
    super();
    this.card = card;
  }

  open() {
    const model = this.card.model;
    const statistics = follow(gateway.followPath(["statistics", "alerts", "pairs"], { model }), {
      onEvent: (type, data) => {
        if (type === "statistics") this.#add(data);
        else if (type === "paired") this.#compare(data);
        else if (type === "alert") this.alerts = [data, ...this.alerts.filter((each) => each.alert !== data.alert)].slice(0, MOST_ALERTS);
        this.changed();
      },
      onState: (state, error) => {
        this.state = state === "open" ? "live" : state === "reconnecting" ? "reconnecting" : this.state;
        if (error) this.error = error;
        this.changed();
      },
    });
    const requests = setInterval(() => this.#countRequests(), REQUESTS_POLL_MS);
    const effects = setInterval(() => this.#readEffects(), EFFECTS_POLL_MS);
    this.#ends = [statistics, () => clearInterval(requests), () => clearInterval(effects)];
    this.#readPast();
    this.#countRequests();
    this.#readEffects();
    gateway.alerts(MOST_ALERTS).then((alerts) => {
      this.alerts = alerts.slice(0, MOST_ALERTS);
      this.changed();
    }, () => {});
    return () => this.#ends.forEach((end) => end());
  }

  async #readPast() {
    try {
      const { windows } = await gateway.statisticsHistory({ model: this.card.model, windowMs: this.windowMs, top: 10, fromMs: this.windowMs ? Date.now() - this.windowMs * MOST_WINDOWS : undefined });
      windows.forEach((each) => this.#add(each));
      this.error = null;
    } catch (e) {
      this.error = e;
    }
    this.changed();
  }

  #add(window) {
    if (window.model !== this.card.model) return;
    if (this.windowMs === null || (this.windowMs > window.windowMs && !this.isChosen)) this.windowMs = window.windowMs;
    const sites = this.#windows.get(window.windowMs) ?? new Map();
    this.#windows.set(window.windowMs, sites);
    const starts = sites.get(window.site) ?? new Map();
    sites.set(window.site, starts);
    // A closed window is never replaced by an older state of itself.
    if (!starts.get(window.windowStartMs)?.complete || window.complete) starts.set(window.windowStartMs, window);
    if (starts.size > MOST_WINDOWS + 2) starts.delete(Math.min(...starts.keys()));
  }

  /** What the worker said of tokens that both halves of a pair have come to. */
  #compare({ request, tokens }) {
    if (this.#others.has(request)) return;
    for (const { divergence, codes } of tokens) {
      this.#apart.tokens += 1;
      if (divergence !== undefined) {
        this.#apart.nats += divergence;
        this.#apart.compared += 1;
      }
      if (codes !== undefined) {
        this.#apart.codes += codes;
        this.#apart.coded += 1;
      }
    }
  }

  #closePairs() {
    const { tokens, nats, compared, codes, coded } = this.#apart;
    this.#apart = { tokens: 0, nats: 0, compared: 0, codes: 0, coded: 0 };
    if (!tokens && !this.pairs.length) return;
    this.pairs = [...this.pairs, { atMs: Date.now(), tokens, nats: compared ? nats / compared : null, codes: coded ? codes / coded : null }].slice(-MOST_RATES);
  }

  async #countRequests() {
    this.#closePairs();
    if (document.hidden) return;
    try {
      const prompts = await gateway.prompts(300);
      const mine = prompts.filter((each) => each.model === this.card.model);
      let tokens = 0;
      const now = performance.now();
      for (const each of mine) {
        const before = this.#seen.get(each.request);
        if (before !== undefined) tokens += Math.max(0, each.completionTokens - before);
        else if (this.countedAt !== undefined) tokens += each.completionTokens;
      }
      if (this.countedAt !== undefined) this.rates = [...this.rates, { atMs: Date.now(), tokens: (tokens / (now - this.countedAt)) * 1000 }].slice(-MOST_RATES);
      this.countedAt = now;
      this.#others = new Set(prompts.filter((each) => each.model !== this.card.model).map((each) => each.request));
      this.#seen = new Map(mine.map((each) => [each.request, each.completionTokens]));
      this.running = mine.filter((each) => each.state === "running").length;
      this.changed();
    } catch {
      // The stream's state says that the gateway is away.
    }
  }

  async #readEffects() {
    if (document.hidden) return;
    try {
      const { rules } = await gateway.rules(this.card.model);
      this.effects = await Promise.all(rules.slice(0, MOST_RULES).map(async ({ rule, revision }) => {
        const effects = await gateway.effects(rule.rule, 1000);
        return { rule, revision, affected: effects.length, running: effects.filter((each) => each.running).length, lastMs: effects[0]?.atMs ?? null };
      }));
      this.changed();
    } catch {
      // As above.
    }
  }

  /** Lengths of the windows that have come, in milliseconds. */
  get lengths() {
    return [...this.#windows.keys()].sort((a, b) => a - b);
  }

  choose(windowMs) {
    this.isChosen = true;
    this.windowMs = windowMs;
    this.#readPast();
    this.changed();
  }

  get isPaused() {
    return this.#paused !== null;
  }

  pause(on) {
    this.#paused = on ? this.#look() : null;
    this.changed();
  }

  /** What is to be drawn: now, or the moment of the pause. */
  view() {
    return this.#paused ?? this.#look();
  }

  #look() {
    const sites = this.#windows.get(this.windowMs) ?? new Map();
    const all = [...new Set([...sites.values()].flatMap((starts) => [...starts.keys()]))].sort((a, b) => a - b);
    // Every window that could be, so that silence is a gap and not a jump.
    const starts = [];
    if (all.length) {
      const last = all.at(-1);
      // A young system is not drawn as an empty hour.
      const known = Math.min(MOST_WINDOWS, Math.max(FEWEST_WINDOWS, (last - all[0]) / this.windowMs + 1));
      for (let start = last - (known - 1) * this.windowMs; start <= last; start += this.windowMs) starts.push(start);
    }
    const copy = new Map([...sites].map(([site, byStart]) => [site, new Map(byStart)]));
    return {
      windowMs: this.windowMs ?? 1000, starts, rates: this.rates,
      sites: this.card.sites.map((each) => each.site).filter((site) => copy.has(site)),
      at: (site, start) => copy.get(site)?.get(start) ?? null,
      series: (site) => starts.map((start) => copy.get(site)?.get(start) ?? null),
    };
  }
}
