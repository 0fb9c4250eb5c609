import { useEffect, useState } from "./dom.js";

/** State that components watch; told at most once per frame, so that a fast stream does not redraw per token. */
export class Store {
  #watchers = new Set();
  #frame = 0;

  /** Tells the watchers soon. */
  changed() {
    if (this.#frame) return;
    const tell = () => {
      this.#frame = 0;
      for (const watcher of [...this.#watchers]) watcher();
    };
    // A hidden page gets no frames, but its state must not fall behind for ever.
    this.#frame = document.hidden ? setTimeout(tell, 250) : requestAnimationFrame(tell);
  }

  /** @param {() => void} watcher @returns {() => void} ends it */
  watch(watcher) {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}

/** Redraws the component when one of these changes. @param {...(Store | null | undefined)} stores */
export function useStores(...stores) {
  const [, redraw] = useState(0);
  useEffect(() => {
    const ends = stores.filter(Boolean).map((store) => store.watch(() => redraw((n) => n + 1)));
    return () => ends.forEach((end) => end());
  }, stores);
}
