import { follow } from "../../api/events.js";
import { gateway } from "../../api/gateway.js";
import { Store } from "../../lib/store.js";

const MOST_CODES_PER_POSITION = 1024;
const STEER_WAIT_MS = 5000;

/**
 * @typedef {{index: number, id: number, text: string, logprob: number, topLogprobs?: {id: number, text: string, logprob: number}[],
 *   revision: number, steered?: boolean}} Token
 * @typedef {{number: number, action: Record<string, any>, state: "next" | "sent" | "accepted" | "applied" | "refused",
 *   subject?: string, tokenIndex?: number, why?: string, tookMs?: number}} Intervention
 */

/** One request as it is written: its tokens, the codes behind each, and what was done to it. */
export class Run extends Store {
  /** @type {"idle" | "sending" | "running" | "reconnecting" | "finished" | "failed"} */
  status = "idle";
  request = null;
  error = null;
  finish = null;
  /** @type {number[]} */
  promptTokens = [];
  /** @type {Token[]} */
  tokens = [];
  /** @type {Map<number, Map<string, number[]>>} natural codes by position and site */
  codes = new Map();
  /** @type {Map<number, {site: string, slot: number, effective: number, rule?: string}[]>} */
  overwritten = new Map();
  /** @type {{subject: string, kind: string, tokenIndex: number}[]} */
  marks = [];
  resumes = 0;
  /** The unsteered half of a pair; told by the events of this one. @type {Twin | null} */
  twin = null;
  startedMs = 0;
  firstTokenMs = null;
  #stop = () => {};
  #done = new Set();

  /** @param {import("../../state/session.js").ModelCard} card */
  constructor(card) {
    super();
    this.card = card;
  }

  get isLive() {
    return this.status === "sending" || this.status === "running" || this.status === "reconnecting";
  }

  /** @param {Record<string, any>} prompt as on Kafka */
  async start(prompt) {
    this.status = "sending";
    this.prompt = prompt;
    this.startedMs = performance.now();
    this.changed();
    try {
      const accepted = await gateway.createPrompt(prompt);
      this.request = accepted.request;
      if (this.status !== "sending") return this.end();
      this.follow(accepted.cursor);
    } catch (e) {
      this.#fail(e);
    }
  }

  /** @param {string} [cursor] event id from before its first event */
  follow(cursor = "") {
    this.status = "running";
    this.#stop = follow(gateway.eventsPath(this.request, watchedSites(this.card)), {
      lastEventId: cursor,
      onEvent: (type, data) => this.#read(type, data),
      onState: (state, error) => this.#connection(state, error),
    });
    this.changed();
  }

  #connection(state, error) {
    if (state === "failed") return this.#fail(error);
    if (state === "reconnecting") {
      if (this.finish) this.#stop();
      else this.status = "reconnecting";
    }
    if (state === "open" && this.status === "reconnecting") {
      this.status = "running";
      this.resumes += 1;
    }
    if (state === "ended" && !this.finish) this.#fail(new Error("the stream ended before the request did"));
    this.changed();
  }

  #fail(error) {
    this.status = "failed";
    this.error = error;
    this.#stop();
    this.changed();
  }

  #read(type, data) {
    if (type === "started") this.promptTokens = data.promptTokens;
    else if (type === "tokens") this.#add(data.tokens);
    else if (type === "paired") this.twin?.read(data);
    else if (type === "codes") this.#addCodes(data);
    else if (type === "ack") this.#acknowledge(data);
    else if (type === "finished") {
      this.finish = data;
      this.status = data.reason === "refused" || data.reason === "failed" ? "failed" : "finished";
      if (this.status === "failed") this.error = new Error(data.detail ?? data.refusal ?? "the request failed");
    }
    this.changed();
  }

  #add(tokens) {
    this.firstTokenMs ??= performance.now() - this.startedMs;
    // By index: what comes twice is the same, what a successor continues fits on.
    for (const token of tokens) this.tokens[token.index] = token;
  }

  #addCodes(data) {
    for (const { position, codes } of data.positions) {
      const bySite = this.codes.get(position) ?? new Map();
      data.sites.forEach((site, i) => bySite.set(site, codes[i] ?? []));
      this.codes.set(position, bySite);
    }
    for (const each of data.overwritten ?? []) {
      const at = this.overwritten.get(each.position) ?? [];
      if (!at.some((known) => known.site === each.site && known.slot === each.slot)) at.push(each);
      this.overwritten.set(each.position, at);
    }
  }

  #acknowledge(ack) {
    const key = `${ack.kind} ${ack.subject} ${ack.tokenIndex}`;
    if (this.#done.has(key)) return;
    this.#done.add(key);
    if (ack.kind === "applied" || ack.kind === "expired") this.marks.push({ subject: ack.subject, kind: ack.kind, tokenIndex: ack.tokenIndex ?? 0 });
  }

  /** Position that chose a token. @param {number} index */
  positionOf(index) {
    return this.promptTokens.length - 1 + index;
  }

  /** Steers this request from its next token on. @param {Intervention} intervention */
  async steer(intervention) {
    intervention.state = "sent";
    const sent = performance.now();
    this.changed();
    try {
      const { subject, ack } = await gateway.command(this.request, { kind: "steer", do: [intervention.action] }, STEER_WAIT_MS);
      intervention.subject = subject;
      intervention.tookMs = performance.now() - sent;
      intervention.state = "accepted";
      intervention.tokenIndex = ack?.tokenIndex;
    } catch (e) {
      intervention.state = "refused";
      intervention.why = e.message;
    }
    this.changed();
  }

  /** No more tokens. */
  async end() {
    if (!this.isLive) return;
    if (!this.request) {
      this.status = "finished";
      this.changed();
      return;
    }
    await gateway.command(this.request, { kind: "stop" }, 0).catch(() => {});
  }

  /** Runs an unsteered twin beside it. */
  pair() {
    this.twin = new Twin(this);
    return this.twin;
  }

  /** Stops listening; the request itself goes on. */
  close() {
    this.#stop();
  }
}

/**
 * The other half of a pair: the same batch and seed, no rules. What it chose and how far it is from the steered half; the
 * codes behind it are compared where it runs, not recorded.
 */
export class Twin {
  /** @type {(Token & {differs?: boolean, divergence?: number, codes?: number})[]} */
  tokens = [];
  codes = new Map();
  overwritten = new Map();
  #ended = null;

  /** @param {Run} run */
  constructor(run) {
    this.run = run;
    this.card = run.card;
  }

  get promptTokens() {
    return this.run.promptTokens;
  }

  get status() {
    return this.#ended && this.run.isLive ? "finished" : this.run.status;
  }

  get isLive() {
    return this.run.isLive && !this.#ended;
  }

  get finish() {
    return this.#ended ?? this.run.finish;
  }

  get error() {
    return null;
  }

  get resumes() {
    return 0;
  }

  read(data) {
    for (const token of data.tokens) this.tokens[token.index] = token;
    if (data.ended?.half === "unsteered") this.#ended = data.ended;
  }

  /** Position that chose a token. @param {number} index */
  positionOf(index) {
    return this.run.positionOf(index);
  }
}

/** All sites, unless one token would then bring more than a page can hold. */
export function watchedSites(card) {
  let codes = 0;
  const sites = card.sites.filter((each) => (codes += each.activeCodes) <= MOST_CODES_PER_POSITION);
  return sites.length === card.sites.length ? [] : sites.map((each) => each.site);
}
