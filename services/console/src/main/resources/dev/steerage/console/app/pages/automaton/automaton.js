/** States that are written as digits, and which may follow which; as the gateway tells it. */
export class Automaton {
  /** @param {{digits: number, successors: number[][]}} answer */
  constructor({ digits, successors }) {
    this.digits = digits;
    this.successors = successors.map((each) => [...each].sort((a, b) => a - b));
  }

  get states() {
    return this.successors.length;
  }

  /** @param {number} state */
  text(state) {
    return String(state).padStart(this.digits, "0");
  }

  /** @param {number} from @param {number} to */
  allows(from, to) {
    return this.successors[from]?.includes(to) ?? false;
  }

  /** @param {number} first @param {number} length */
  walk(first, length) {
    const states = [first];
    while (states.length < length) {
      const next = this.successors[states.at(-1)];
      states.push(next[Math.floor(Math.random() * next.length)]);
    }
    return states;
  }

  /** Every beginning of a successor, the empty one included: what may have been read when a next token is chosen. */
  prefixesAfter(state) {
    const prefixes = new Set();
    for (const next of this.successors[state]) for (let n = 0; n < this.digits; n++) prefixes.add(this.text(next).slice(0, n));
    return [...prefixes].sort();
  }

  /** Whole states in a text of digits, each with where it ends. @param {string} text */
  read(text) {
    const found = [];
    for (let at = 0; at + this.digits <= text.length; at += this.digits) {
      const state = Number(text.slice(at, at + this.digits));
      found.push({ state: Number.isInteger(state) && state < this.states ? state : null, end: at + this.digits });
    }
    return found;
  }
}

/** How the model's tokens spell digits. */
export class Alphabet {
  /** @param {{id: number, text: string}[]} tokens of the text `0123456789` */
  constructor(tokens) {
    const isDigit = (each) => /^\d$/.test(each.text);
    this.start = tokens.filter((each, i) => i < tokens.findIndex(isDigit)).map((each) => each.id);
    this.ids = new Map(tokens.filter(isDigit).map((each) => [each.text, each.id]));
    if (this.ids.size !== 10) throw new Error("this model does not spell states with one token per digit");
  }

  /** @param {string} digits */
  tokens(digits) {
    return [...this.start, ...[...digits].map((digit) => this.ids.get(digit))];
  }
}
