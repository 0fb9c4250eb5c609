import { h } from "../../lib/dom.js";
import { useLoad } from "../../lib/load.js";
import { ago } from "../../lib/format.js";
import { router } from "../../lib/router.js";
import { gateway } from "../../api/gateway.js";
import { Panel } from "../../parts/panel.js";
import { Empty, Failure, Progress } from "../../parts/states.js";

/** What people called codes. @param {{card: import("../../state/session.js").ModelCard}} props */
export function LabelList({ card }) {
  const list = useLoad(() => gateway.labels(card.model), [card.model]);
  return h(Panel, { title: "Labels", flush: true },
    list.error && h(Failure, { error: list.error, retry: list.again }),
    !list.value && !list.error && h(Progress, { label: "Reading labels" }),
    list.value && !list.value.length && h(Empty, { title: "No label yet" }, "Open a code and say what it stands for; the name then appears wherever the code does."),
    list.value?.length > 0 && h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, ["Code", "Label", "Author", "When"].map((each) => h("th", { key: each, scope: "col" }, each)))),
      h("tbody", {}, list.value.map((each) => h("tr", { key: each.code }, h("td", {}, h("a", { class: "code", href: router.href("codes", each.code, { model: card.model }) }, each.code)), h("td", { class: "wrap-any" }, each.label), h("td", { class: "wrap-any" }, each.author), h("td", { class: "nowrap" }, ago(each.atMs))))))));
}
