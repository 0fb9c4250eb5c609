import { h, useState } from "../../lib/dom.js";
import { useLoad } from "../../lib/load.js";
import { ago, count, percent } from "../../lib/format.js";
import { router } from "../../lib/router.js";
import { gateway } from "../../api/gateway.js";
import { labels } from "../../state/labels.js";
import { Choice } from "../../parts/field.js";
import { Panel } from "../../parts/panel.js";
import { Empty, Failure, Progress } from "../../parts/states.js";

/** The codes of a site that fired most. @param {{card: import("../../state/session.js").ModelCard}} props */
export function TopCodes({ card }) {
  const [site, setSite] = useState(card.sites[0].site);
  const top = useLoad(() => gateway.topCodes(card.model, site, 100), [card.model, site], 5000);
  const answer = top.value?.site === site ? top.value : null;
  const most = Math.max(1, ...(answer?.codes ?? []).map((each) => each.firings));
  return h(Panel, { title: "Most active codes", flush: true,
    end: [answer && h("span", { class: "small quiet nowrap" }, `${count(answer.positions)} positions, since ${ago(answer.knownSinceMs)}`), h(Choice, { label: "Site", hidden: true, value: site, options: card.sites.map((each) => each.site), onChange: setSite })] },
    top.error && h(Failure, { error: top.error, retry: top.again }),
    !answer && !top.error && h(Progress, { label: "Asking the index" }),
    answer && !answer.codes.length && h(Empty, { title: "Nothing has fired here yet" }, "Write something in the playground."),
    answer?.codes.length > 0 && h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "num" }, "#"), h("th", { scope: "col" }, "Code"), h("th", { scope: "col" }, "Label"), h("th", { scope: "col", class: "wide-cell" }, "Share of positions"), h("th", { scope: "col", class: "num" }, "Firings"))),
      h("tbody", {}, answer.codes.map((each, i) => h("tr", { key: each.code }, h("td", { class: "num quiet" }, i + 1),
        h("td", {}, h("a", { class: "code", href: router.href("codes", each.code, { model: card.model }) }, each.code)),
        h("td", { class: "wrap-any" }, labels.of(card.model, each.code) ?? each.label ?? ""),
        h("td", {}, h("span", { class: "row" }, h("span", { class: "meter", "aria-hidden": "true" }, h("i", { style: { width: `${(each.firings / most) * 100}%` } })), percent(each.rate))),
        h("td", { class: "num" }, count(each.firings))))))));
}
