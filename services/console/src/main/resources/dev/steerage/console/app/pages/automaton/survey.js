import { gateway } from "../../api/gateway.js";
import { Store } from "../../lib/store.js";
import { StepCodes } from "./step-codes.js";

const WALKS = 96;
const MOST_STATES = 60;
const AT_ONCE = 3;
const POLL_MS = 150;
const PATIENCE_MS = 30000;
const PAGE = 256;

/** Sends walks of the automaton as ordinary prompts and reads back which codes fired on them. */
export class Survey extends Store {
  /** @type {"none" | "running" | "done" | "failed"} */
  state = "none";
  done = 0;
  total = WALKS;
  error = null;
  /** @type {StepCodes | null} */
  codes = null;

  /**
   * @param {import("../../state/session.js").ModelCard} card
   * @param {import("./automaton.js").Automaton} automaton @param {import("./automaton.js").Alphabet} alphabet
   */
  async run(card, automaton, alphabet) {
    if (this.state === "running") return;
    this.state = "running";
    this.done = 0;
    this.changed();
    const codes = new StepCodes(automaton, alphabet.start.length);
    const states = Math.min(MOST_STATES, Math.floor((card.maxPositions - alphabet.start.length - 1) / automaton.digits));
    let next = 0;
    const worker = async () => {
      while (next < WALKS && this.state === "running") {
        next += 1;
        const walk = automaton.walk(Math.floor(Math.random() * automaton.states), states);
        const tokens = alphabet.tokens(walk.map((state) => automaton.text(state)).join(""));
        const { request } = await gateway.createPrompt({ model: card.model, tokens, maxTokens: 1 });
        const { sites, positions } = await codesOf(request, tokens.length);
        codes.add(walk, sites, positions);
        this.done += 1;
        this.changed();
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      this.codes = codes;
      this.state = "done";
    } catch (e) {
      this.error = e;
      this.state = "failed";
    }
    this.changed();
  }
}

/** All prompt positions of a request, as soon as the index has them. */
async function codesOf(request, length) {
  const end = performance.now() + PATIENCE_MS;
  const positions = [];
  let sites = [];
  while (positions.length < length) {
    const answer = await gateway.activations(request, positions.length, PAGE).catch((e) => {
      // The index has not heard of it yet.
      if (e.status === 404) return null;
      throw e;
    });
    if (answer) sites = answer.sites;
    positions.push(...(answer?.positions ?? []));
    if (positions.length >= length) break;
    if (performance.now() > end) throw new Error(`codes of ${positions.length} of ${length} positions came in ${PATIENCE_MS / 1000} s; is capture off for this model?`);
    if (!answer?.positions.length) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return { sites, positions: positions.slice(0, length) };
}
