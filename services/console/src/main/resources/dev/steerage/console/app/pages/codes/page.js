import { h } from "../../lib/dom.js";
import { Empty } from "../../parts/states.js";

export function CodesPage() {
  return h(Empty, { title: "Codes" });
}
