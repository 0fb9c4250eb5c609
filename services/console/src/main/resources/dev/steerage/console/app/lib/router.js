import { Store } from "./store.js";

/** Where the page is: `#/rules/calm?model=stories`. Hash routes, because the gateway serves one page. */
class Router extends Store {
  constructor() {
    super();
    addEventListener("hashchange", () => this.#read());
    this.#read();
  }

  #read() {
    const [where, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
    const parts = where.split("/").filter(Boolean).map(decodeSegment);
    this.page = parts[0] ?? "playground";
    this.arg = parts[1] ?? null;
    this.query = new URLSearchParams(query);
    this.changed();
  }

  /** @param {string} page @param {string | null} [arg] @param {Record<string, any>} [query] */
  href(page, arg = null, query = {}) {
    const kept = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
    const search = new URLSearchParams(kept.map(([name, value]) => [name, String(value)]));
    return `#/${page}${arg === null ? "" : `/${encodeURIComponent(arg)}`}${search.size ? `?${search}` : ""}`;
  }

  go(page, arg = null, query = {}) {
    location.hash = this.href(page, arg, query);
  }
}

function decodeSegment(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const router = new Router();
