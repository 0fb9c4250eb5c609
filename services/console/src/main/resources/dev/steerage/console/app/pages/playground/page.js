import { h } from "../../lib/dom.js";
import { useStores } from "../../lib/store.js";
import { labels } from "../../state/labels.js";
import { session } from "../../state/session.js";
import { benchOf } from "./bench.js";
import { Inspector } from "./inspector.js";
import { Output } from "./output.js";
import { Settings } from "./settings.js";

/** Ask, watch, steer. @param {{card: import("../../state/session.js").ModelCard}} props */
export function PlaygroundPage({ card }) {
  const bench = benchOf(card);
  useStores(bench, labels, session);
  return h("div", { class: "playground" },
    h("h1", { class: "visually-hidden" }, "Playground"),
    h(Settings, { bench }), h(Output, { bench }), h(Inspector, { bench }));
}
