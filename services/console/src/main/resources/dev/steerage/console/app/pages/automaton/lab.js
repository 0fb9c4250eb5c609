import { gateway } from "../../api/gateway.js";
import { Store } from "../../lib/store.js";
import { Run } from "../playground/run.js";
import { Alphabet, Automaton } from "./automaton.js";
import { nextStates } from "./next-state.js";
import { rulesAt, standingRules, stepsTowards } from "./steering.js";
import { Survey } from "./survey.js";

const CONTEXT_STATES = 10;

/** The experiment: an automaton, a walk that is being written, a target that it shall believe in. */
export class Lab extends Store {
  /** @type {Automaton | null} */
  automaton = null;
  /** @type {Alphabet | null} */
  alphabet = null;
  error = null;
  survey = new Survey();
  /** @type {Run | null} */
  run = null;
  first = 0;
  pace = 6;
  /** @type {number | null} */
  target = null;
  mlpOnly = false;
  /** @type {{target: number, rules: string[], state: "publishing" | "acknowledged" | "removing", from: number | null, tookMs: number | null} | null} */
  steering = null;
  /** @type {{source: number, target: number, before: number[], after: number[]} | null} */
  distribution = null;
  isMeasuring = false;

  /** @param {import("../../state/session.js").ModelCard} card */
  constructor(card) {
    super();
    this.card = card;
    this.survey.watch(() => this.changed());
  }

  async open() {
    if (this.automaton) return;
    try {
      const [answer, tokens] = await Promise.all([gateway.automaton(this.card.model), gateway.tokenize(this.card.model, "0123456789")]);
      this.automaton = new Automaton(answer);
      this.alphabet = new Alphabet(tokens);
      this.error = null;
    } catch (e) {
      this.error = e;
    }
    this.changed();
  }

  find() {
    return this.survey.run(this.card, this.automaton, this.alphabet);
  }

  /** States of the walk so far; `token` is the index of the token that completed it. */
  walk() {
    if (!this.run) return [];
    const digits = [...this.run.promptTokens.slice(this.alphabet.start.length).map((id) => this.#digit(id)), ...this.run.tokens.map((each) => each.text)];
    const prompt = this.run.promptTokens.length - this.alphabet.start.length;
    return this.automaton.read(digits.join("")).map((each) => ({ ...each, token: each.end - 1 - prompt }));
  }

  #digit(id) {
    for (const [digit, known] of this.alphabet.ids) if (known === id) return digit;
    return "?";
  }

  start() {
    this.stop();
    this.steering = null;
    const run = new Run(this.card);
    this.run = run;
    run.watch(() => {
      if (run !== this.run) return;
      this.#noticeAcks();
      if (run.finish && this.steering?.state === "acknowledged") this.release();
      this.changed();
    });
    run.start({
      model: this.card.model, text: this.automaton.text(this.first), pace: this.pace,
      maxTokens: this.card.maxPositions - this.alphabet.start.length - this.automaton.digits,
      sampling: { temperature: 1, seed: Math.floor(Math.random() * 2 ** 31) },
    });
  }

  stop() {
    this.release();
    this.run?.end();
  }

  /** @param {number | null} state */
  async aim(state) {
    this.target = state;
    this.distribution = null;
    this.changed();
    if (state !== null && this.survey.state === "done") await this.measure();
  }

  get steps() {
    if (this.target === null || !this.survey.codes) return [];
    return stepsTowards(this.target, this.automaton, this.survey.codes, this.#where());
  }

  #where() {
    return this.mlpOnly ? (site) => site.endsWith(".mlp") : () => true;
  }

  setMlpOnly(on) {
    this.mlpOnly = on;
    this.changed();
    if (this.target !== null && this.survey.state === "done") this.measure();
  }

  /** Publishes rules that match the running request only. */
  async engage() {
    if (!this.run?.isLive || this.target === null || this.steering) return;
    const id = `fsm-${Date.now().toString(36)}-${this.automaton.text(this.target)}`;
    const rules = standingRules(id, this.steps, this.run.request, this.card.model, this.automaton, this.alphabet);
    const steering = { target: this.target, rules: rules.map((each) => each.rule), state: "publishing", from: null, tookMs: null };
    this.steering = steering;
    this.changed();
    const began = performance.now();
    try {
      await Promise.all(rules.map(({ rule, ...rest }) => gateway.putRule(rule, rest)));
      steering.tookMs = performance.now() - began;
      if (steering.state === "publishing") steering.state = "acknowledged";
    } catch (e) {
      this.error = e;
      this.release();
    }
    this.#noticeAcks();
    this.changed();
  }

  #noticeAcks() {
    const steering = this.steering;
    if (!steering || steering.from !== null) return;
    const applied = this.run.marks.filter((mark) => mark.kind === "applied" && steering.rules.includes(mark.subject));
    if (applied.length) steering.from = Math.min(...applied.map((mark) => mark.tokenIndex));
  }

  /** Takes the rules away again; each removal is a record in the log too. */
  async release() {
    const steering = this.steering;
    if (!steering || steering.state === "removing") return;
    steering.state = "removing";
    this.changed();
    // One that was never written is nobody's loss.
    await Promise.all(steering.rules.map((rule) => gateway.removeRule(rule).catch(() => {})));
    if (this.steering === steering) this.steering = null;
    this.changed();
  }

  /** Exact probabilities of the next state, steered and not, after the last states of the walk. */
  async measure() {
    const target = this.target;
    if (target === null || this.isMeasuring) return;
    this.isMeasuring = true;
    this.changed();
    try {
      const seen = this.walk().map((each) => each.state).filter((state) => state !== null).slice(-CONTEXT_STATES);
      const context = seen.length ? seen : this.automaton.walk(this.first, CONTEXT_STATES);
      const end = this.alphabet.tokens(context.map((state) => this.automaton.text(state)).join("")).length;
      const [before, after] = await Promise.all([
        nextStates(this.card, this.automaton, this.alphabet, context, []),
        nextStates(this.card, this.automaton, this.alphabet, context, rulesAt(end, this.steps, this.alphabet)),
      ]);
      this.distribution = { source: context.at(-1), target, before, after };
      this.error = null;
    } catch (e) {
      this.error = e;
    }
    this.isMeasuring = false;
    this.changed();
    if (this.target !== target && this.target !== null) this.measure();
  }
}

/** @type {Map<string, Lab>} */
const labs = new Map();

/** @param {import("../../state/session.js").ModelCard} card */
export function labOf(card) {
  if (!labs.has(card.model)) {
    const lab = new Lab(card);
    labs.set(card.model, lab);
    addEventListener("pagehide", () => lab.release());
  }
  return labs.get(card.model);
}
