import { Store } from "../../lib/store.js";
import { Run } from "./run.js";

const KEY = "steerage.playground.";
const ALTERNATIVES = 8;

/** What a model is asked first. @param {import("../../state/session.js").ModelCard} card */
function firstSettings(card) {
  const fsm = card.hasAutomaton;
  return {
    text: fsm ? "00" : "Once upon a time, there was a little",
    maxTokens: Math.min(fsm ? 100 : 120, card.maxPositions - 28),
    temperature: 0.8,
    topK: 0,
    topP: 1,
    repetitionPenalty: 1,
    seed: 7,
    pace: 8,
    compare: true,
  };
}

/**
 * The state of the playground: what will be asked, what is being written, what was picked. It outlives the page, so that a
 * look at another section does not lose a run.
 */
export class Bench extends Store {
  /** @type {Run | null} */
  steered = null;
  /** @type {import("./run.js").Twin | null} */
  plain = null;
  /** @type {import("./run.js").Intervention[]} */
  interventions = [];
  colour = "steering";
  /** @type {{run: "steered" | "plain", index: number} | null} index below 0: a prompt token, from its end */
  picked = null;
  /** @type {string | null} */
  code = null;
  #number = 1;

  /** @param {import("../../state/session.js").ModelCard} card */
  constructor(card) {
    super();
    this.card = card;
    let kept = {};
    try {
      kept = JSON.parse(localStorage.getItem(KEY + card.model) ?? "{}");
    } catch {
      // Settings of an older page: begin anew.
    }
    this.settings = { ...firstSettings(card), ...kept };
  }

  set(name, value) {
    this.settings = { ...this.settings, [name]: value };
    localStorage.setItem(KEY + this.card.model, JSON.stringify(this.settings));
    this.changed();
  }

  get isLive() {
    return Boolean(this.steered?.isLive);
  }

  #prompt(rules) {
    const { text, maxTokens, temperature, topK, topP, repetitionPenalty, seed, pace } = this.settings;
    return {
      model: this.card.model,
      text,
      maxTokens: Number(maxTokens),
      topLogprobs: Math.min(ALTERNATIVES, this.card.vocabulary),
      sampling: { temperature: Number(temperature), topK: Number(topK), topP: Number(topP), repetitionPenalty: Number(repetitionPenalty), seed: Number(seed) },
      ...(Number(pace) > 0 ? { pace: Number(pace) } : {}),
      ...(rules.length ? { rules } : {}),
    };
  }

  /** Sends the prompt; what is listed as steering acts from the first token. */
  start() {
    this.closeRuns();
    this.picked = null;
    this.interventions = this.interventions.filter((each) => each.state !== "refused").map((each, i) => ({ number: i + 1, action: each.action, state: "next", subject: `steer-${i + 1}` }));
    this.#number = this.interventions.length + 1;
    this.steered = this.#watched(new Run(this.card));
    this.plain = this.settings.compare ? this.steered.pair() : null;
    const prompt = this.#prompt(this.interventions.map((each) => ({ rule: each.subject, do: [each.action] })));
    this.steered.start(this.plain ? { ...prompt, pair: true } : prompt);
    this.changed();
  }

  #watched(run) {
    run.watch(() => {
      this.#matchAcks(run);
      this.changed();
    });
    return run;
  }

  #matchAcks(run) {
    for (const mark of run.marks) {
      const mine = this.interventions.find((each) => each.subject === mark.subject);
      if (mine && mark.kind === "applied") {
        mine.state = "applied";
        mine.tokenIndex = mark.tokenIndex;
      }
    }
  }

  /** Now, if a request runs; else from the first token of the next one. @param {Record<string, any>} action */
  intervene(action) {
    const intervention = { number: this.#number++, action, state: "next" };
    this.interventions = [...this.interventions, intervention];
    if (this.steered?.isLive && this.steered.request) this.steered.steer(intervention).then(() => this.changed());
    this.changed();
  }

  /** From the list of what acts on the next request; a running one keeps what it was told. */
  drop(intervention) {
    this.interventions = this.interventions.filter((each) => each !== intervention);
    this.changed();
  }

  stop() {
    this.steered?.end();
  }

  closeRuns() {
    this.steered?.end();
    this.steered?.close();
  }

  pick(run, index) {
    this.picked = { run, index };
    this.changed();
  }

  showCode(code) {
    this.code = code;
    this.changed();
  }

  setColour(colour) {
    this.colour = colour;
    this.changed();
  }

  /** @returns {Run | import("./run.js").Twin | null} */
  runOf(which) {
    return which === "plain" ? this.plain : this.steered;
  }
}

/** @type {Map<string, Bench>} */
const benches = new Map();

/** @param {import("../../state/session.js").ModelCard} card */
export function benchOf(card) {
  if (!benches.has(card.model)) benches.set(card.model, new Bench(card));
  return benches.get(card.model);
}
