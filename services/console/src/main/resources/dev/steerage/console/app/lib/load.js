import { useCallback, useEffect, useState } from "./dom.js";

/**
 * Something asked from the gateway: what came, what went wrong, whether it is still on its way.
 *
 * @template T
 * @param {() => Promise<T>} ask @param {any[]} about asks again when one of these changes
 * @param {number} [everyMs] and this often
 * @returns {{value: T | null, error: any, busy: boolean, again: () => void}}
 */
export function useLoad(ask, about, everyMs) {
  const [state, setState] = useState({ value: null, error: null, busy: true });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isOver = false;
    setState((old) => ({ ...old, busy: true }));
    const load = () => ask().then(
      (value) => !isOver && setState({ value, error: null, busy: false }),
      (error) => !isOver && setState((old) => ({ ...old, error, busy: false })));
    load();
    const timer = everyMs ? setInterval(() => !document.hidden && load(), everyMs) : 0;
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [...about, turn]);
  return { ...state, again: useCallback(() => setTurn((n) => n + 1), []) };
}
