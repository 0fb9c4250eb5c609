import { h } from "../../lib/dom.js";
import { useLoad } from "../../lib/load.js";
import { count, plural } from "../../lib/format.js";
import { router } from "../../lib/router.js";
import { useStores } from "../../lib/store.js";
import { gateway } from "../../api/gateway.js";
import { labels } from "../../state/labels.js";
import { session } from "../../state/session.js";
import { Tabs } from "../../parts/panel.js";
import { CodePage } from "./code-page.js";
import { Concepts } from "./concepts.js";
import { LabelList } from "./label-list.js";
import { Search } from "./search.js";
import { TopCodes } from "./top-codes.js";

const TABS = [{ id: "search", name: "Search" }, { id: "top", name: "Most active" }, { id: "concepts", name: "Concepts" }, { id: "labels", name: "Labels" }];

/** What codes stand for. @param {{card: import("../../state/session.js").ModelCard}} props */
export function CodesPage({ card }) {
  useStores(router, labels, session);
  const index = useLoad(() => gateway.index(), [], 5000);
  const tab = router.query.get("tab") ?? "search";
  return h("div", { class: "stack grow" },
    h("div", { class: "page-head" }, h("h1", {}, "Codes"), h("span", { class: "lead" }, `${card.model}: ${count(card.sites.reduce((n, each) => n + each.codes, 0))} codes at ${plural(card.sites.length, "site")}`),
      h("div", { class: "end" }, h(IndexState, { index }), h(Jump, { card }))),
    router.arg ? h(CodePage, { key: router.arg, card, code: router.arg })
      : [h(Tabs, { key: "tabs", label: "Codes", tabs: TABS, value: tab, onChange: (id) => router.go("codes", null, { tab: id }) }),
        tab === "top" ? h(TopCodes, { key: "top", card }) : tab === "concepts" ? h(Concepts, { key: "concepts", card }) : tab === "labels" ? h(LabelList, { key: "labels", card }) : h(Search, { key: "search", card })]);
}

function IndexState({ index }) {
  if (index.error) return h("span", { class: "state-dot bad", title: index.error.message }, "no index");
  if (!index.value) return null;
  return h("span", { class: `state-dot optional ${index.value.caughtUp ? "good" : "warn"}` }, `${count(index.value.committedPositions + index.value.livePositions)} positions indexed${index.value.caughtUp ? "" : ", catching up"}`);
}

/** Straight to a code by its name. */
function Jump({ card }) {
  const go = (event) => {
    event.preventDefault();
    const code = new FormData(event.target).get("code").trim();
    if (code) router.go("codes", code, { model: card.model });
  };
  return h("form", { class: "row", role: "search", onSubmit: go },
    h("input", { class: "input mono", name: "code", "aria-label": "Go to a code", placeholder: `${card.sites[0].site}:0`, size: 16, autocomplete: "off" }),
    h("button", { class: "button", type: "submit" }, "Open"));
}
