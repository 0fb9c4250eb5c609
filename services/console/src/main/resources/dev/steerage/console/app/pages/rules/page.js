import { h, useEffect, useState } from "../../lib/dom.js";
import { useLoad } from "../../lib/load.js";
import { router } from "../../lib/router.js";
import { useStores } from "../../lib/store.js";
import { follow } from "../../api/events.js";
import { gateway } from "../../api/gateway.js";
import { session } from "../../state/session.js";
import { Tabs } from "../../parts/panel.js";
import { Diff } from "./diff.js";
import { Log } from "./log.js";
import { Monitors } from "./monitors.js";
import { Replay } from "./replay.js";
import { RuleDetail } from "./detail.js";
import { RuleTable } from "./table.js";

const TABS = [{ id: "rules", name: "In force" }, { id: "monitors", name: "Monitors" }, { id: "log", name: "Log" }, { id: "diff", name: "Compare revisions" }, { id: "replay", name: "Replay" }];

/** What is told to the model, by whom, since when. @param {{card: import("../../state/session.js").ModelCard}} props */
export function RulesPage({ card }) {
  useStores(router);
  const rules = useLoad(() => gateway.rules(card.model), [card.model]);
  const [news, setNews] = useState(0);
  useEffect(() => follow(gateway.followPath(["rules", "acks"]), {
    // Acks that rules act are many; what changes the list is a record or its verdict.
    onEvent: (type, data) => (type === "rule" || data.kind === "accepted" || data.kind === "refused") && setNews((n) => n + 1),
  }), []);
  useEffect(() => {
    if (news) rules.again();
  }, [news]);
  const tab = router.query.get("tab") ?? "rules";
  const go = (id) => router.go("rules", null, { tab: id === "rules" ? null : id });
  return h("div", { class: "stack grow" },
    h("div", { class: "page-head" }, h("h1", {}, "Rules"),
      h("span", { class: "lead" }, rules.value ? (rules.value.revision < 0 ? "nothing published yet" : `revision ${rules.value.revision}`) : ""),
      h("div", { class: "end" }, session.canWrite && h("a", { class: "button primary", href: router.href("rules", "new") }, "New rule"))),
    h(Tabs, { label: "Rules", tabs: TABS, value: router.arg ? "rules" : tab, onChange: go }),
    tab === "monitors" && !router.arg ? h(Monitors, { card, news })
      : tab === "log" && !router.arg ? h(Log, { news })
      : tab === "diff" && !router.arg ? h(Diff, { newest: rules.value?.revision ?? -1 })
      : tab === "replay" && !router.arg ? h(Replay, { card, newest: rules.value?.revision ?? -1 })
      : h("div", { class: "split" },
          h(RuleTable, { rules, picked: router.arg }),
          h(RuleDetail, { key: `${router.arg} ${router.query}`, card, id: router.arg, rules, news })));
}
