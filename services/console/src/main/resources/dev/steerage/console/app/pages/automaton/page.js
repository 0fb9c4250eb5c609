import { h } from "../../lib/dom.js";
import { Empty } from "../../parts/states.js";

export function AutomatonPage() {
  return h(Empty, { title: "Automaton" });
}
