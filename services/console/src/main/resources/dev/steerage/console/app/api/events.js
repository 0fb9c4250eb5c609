import { ApiError, errorOf, identityHeaders } from "./client.js";

const FIRST_WAIT_MS = 250;
const LAST_WAIT_MS = 5000;
// A gateway that has just started may not have read of a request yet that this page knows.
const UNKNOWN_MS = 20000;
// The gateway says something every 10 s; twice that without a word is a dead connection.
const SILENCE_MS = 25000;

/**
 * Follows a stream of server-sent events until it ends, and goes on exactly where it was cut.
 *
 * Not EventSource: that cannot send a key.
 *
 * @param {string} url
 * @param {{
 *   onEvent: (type: string, data: any, id: string) => void,
 *   onState?: (state: "open" | "reconnecting" | "ended" | "failed", error?: Error) => void,
 *   lastEventId?: string,
 * }} options
 * @returns {() => void} stops
 */
export function follow(url, { onEvent, onState = () => {}, lastEventId = "" }) {
  const stop = new AbortController();
  let last = lastEventId;
  let wait = FIRST_WAIT_MS;
  let wasOpen = false;
  let unknownSinceMs = null;

  async function once() {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    const response = await fetch(url, {
      cache: "no-store",
      headers: { Accept: "text/event-stream", ...identityHeaders(), ...(last ? { "Last-Event-ID": last } : {}) },
      signal: AbortSignal.any([stop.signal, silence.signal]),
    });
    if (!response.ok) {
      clearTimeout(timer);
      throw await errorOf(response);
    }
    onState("open");
    wait = FIRST_WAIT_MS;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new EventParser();
    try {
      for (;;) {
        const { value, done } = await reader.read();
        clearTimeout(timer);
        if (done) return false;
        wasOpen = true;
        unknownSinceMs = null;
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        for (const event of parser.push(value)) {
          if (event.id) last = event.id;
          if (event.type === "end") return true;
          if (event.data) onEvent(event.type, JSON.parse(event.data), last);
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async function run() {
    while (!stop.signal.aborted) {
      try {
        if (await once()) {
          onState("ended");
          return;
        }
      } catch (e) {
        if (stop.signal.aborted) return;
        if (e.status === 404 && wasOpen) unknownSinceMs ??= performance.now();
        const isPatient = unknownSinceMs !== null && performance.now() - unknownSinceMs < UNKNOWN_MS;
        const isForGood = e instanceof ApiError && e.status >= 400 && e.status < 500 && e.status !== 429 && !isPatient;
        if (isForGood) {
          onState("failed", e);
          return;
        }
      }
      if (stop.signal.aborted) return;
      onState("reconnecting");
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(LAST_WAIT_MS, wait * 2);
    }
  }

  run();
  return () => stop.abort();
}

/** Cuts a text stream into events; events may be cut anywhere. */
export class EventParser {
  #rest = "";

  /** @param {string} text @returns {{type: string, data: string, id: string}[]} */
  push(text) {
    this.#rest += text;
    const events = [];
    for (;;) {
      const end = /\r?\n\r?\n/.exec(this.#rest);
      if (!end) return events;
      const block = this.#rest.slice(0, end.index);
      this.#rest = this.#rest.slice(end.index + end[0].length);
      const event = { type: "message", data: "", id: "" };
      const data = [];
      for (const line of block.split(/\r?\n/)) {
        const colon = line.indexOf(":");
        if (colon <= 0) continue;
        const value = line.slice(colon + 1).replace(/^ /, "");
        const name = line.slice(0, colon);
        if (name === "event") event.type = value;
        else if (name === "id") event.id = value;
        else if (name === "data") data.push(value);
      }
      event.data = data.join("\n");
      if (event.data || event.type !== "message") events.push(event);
    }
  }
}
