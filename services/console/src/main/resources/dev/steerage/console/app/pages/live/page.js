import { h } from "../../lib/dom.js";
import { Empty } from "../../parts/states.js";

export function LivePage() {
  return h(Empty, { title: "Live" });
}
