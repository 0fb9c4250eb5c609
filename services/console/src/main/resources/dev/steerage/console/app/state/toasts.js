import { Store } from "../lib/store.js";

const SHOWN_MS = 7000;
const MOST = 4;

/** Short notes in the corner; also read out. */
class Toasts extends Store {
  /** @type {{id: number, text: string, kind: string}[]} */
  list = [];
  #next = 0;

  /** @param {string} text @param {"note" | "bad"} [kind] */
  say(text, kind = "note") {
    const id = this.#next++;
    this.list = [...this.list.slice(1 - MOST), { id, text, kind }];
    this.changed();
    setTimeout(() => this.drop(id), SHOWN_MS);
  }

  /** @param {Error} error */
  fail(error) {
    this.say(error.message, "bad");
  }

  drop(id) {
    this.list = this.list.filter((each) => each.id !== id);
    this.changed();
  }
}

export const toasts = new Toasts();
