import { h } from "../../lib/dom.js";
import { Empty } from "../../parts/states.js";

export function RulesPage() {
  return h(Empty, { title: "Rules" });
}
