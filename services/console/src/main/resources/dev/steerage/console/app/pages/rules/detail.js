import { h, useState } from "../../lib/dom.js";
import { jsonText } from "../../lib/json-text.js";
import { useLoad } from "../../lib/load.js";
import { ago, moment } from "../../lib/format.js";
import { router } from "../../lib/router.js";
import { gateway } from "../../api/gateway.js";
import { Tabs } from "../../parts/panel.js";
import { Empty, Failure, Progress } from "../../parts/states.js";
import { Editor } from "./editor.js";
import { LineDiff } from "./line-diff.js";
import { Outcome } from "./log.js";
import { changeText } from "./words.js";

const TABS = [{ id: "edit", name: "Edit" }, { id: "effects", name: "Affected" }, { id: "history", name: "History" }];

/** One rule: its text, whom it affects, its past. */
export function RuleDetail({ card, id, rules, news }) {
  const [tab, setTab] = useState("edit");
  if (id === null) return h("section", { class: "panel" }, h(Empty, { title: "No rule picked" }, "Pick one on the left, or begin a new one. In the playground every code has a way here too."));
  const isNew = id === "new";
  const entry = rules.value?.rules.find((each) => each.rule.rule === id) ?? null;
  if (!rules.value) return h("section", { class: "panel" }, h("div", { class: "body" }, h(Progress, { label: "Reading the rules" })));
  return h("section", { class: "panel", "aria-label": isNew ? "New rule" : `Rule ${id}` },
    h("header", {}, h("h2", { class: "wrap-any" }, isNew ? "New rule" : id),
      entry && h("span", { class: "small quiet" }, `revision ${entry.revision} by ${entry.rule.author}, ${ago(entry.atMs)}`),
      !isNew && !entry && h("span", { class: "chip warn" }, "not in force")),
    !isNew && h(Tabs, { label: `Rule ${id}`, tabs: TABS, value: tab, onChange: setTab }),
    h("div", { class: "body scroll" },
      tab === "effects" && !isNew ? h(Effects, { id, news })
        : tab === "history" && !isNew ? h(History, { id, news })
        : h(Editor, { key: `${isNew} ${entry === null}`, card, id: isNew ? null : id, entry, onChanged: rules.again })));
}

function Effects({ id, news }) {
  const effects = useLoad(() => gateway.effects(id, 100), [id, news], 2000);
  if (effects.error) return h(Failure, { error: effects.error, retry: effects.again });
  if (!effects.value) return h(Progress, { label: "Reading effects" });
  const running = effects.value.filter((each) => each.running).length;
  if (!effects.value.length) return h(Empty, { title: "Nobody affected lately" }, "When the rule acts on a request for the first time, its worker says so, with the index of the token.");
  return h("div", { class: "stack tight" },
    h("p", { class: "small" }, h("strong", {}, running), ` running now, ${effects.value.length} lately.`),
    h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, ["Request", "From token", "To token", "Revision", "When"].map((each) => h("th", { key: each, scope: "col" }, each)))),
      h("tbody", {}, effects.value.map((each, i) => h("tr", { key: i },
        h("td", { class: "mono wrap-any" }, each.request, " ", each.running && h("span", { class: "chip good" }, "running")),
        h("td", { class: "num" }, each.appliedAt), h("td", { class: "num" }, each.expiredAt ?? "–"), h("td", { class: "num" }, each.revision), h("td", { class: "nowrap" }, ago(each.atMs))))))));
}

function History({ id, news }) {
  const changes = useLoad(() => gateway.changes({ rule: id, limit: 100 }), [id, news]);
  if (changes.error) return h(Failure, { error: changes.error, retry: changes.again });
  if (!changes.value) return h(Progress, { label: "Reading the log" });
  const list = changes.value.changes;
  const text = (change) => (change?.rule ? jsonText(change) : "");
  return h("ol", { class: "history" }, list.map((each, i) => {
    const before = list.slice(i + 1).find((older) => older.outcome !== "refused");
    return h("li", { key: each.revision },
      h("div", { class: "row wrap baseline" }, h("strong", {}, `r${each.revision}`), h("span", {}, changeText(each.change)), h("span", { class: "small quiet" }, `${each.author ?? "unknown"}, ${moment(each.atMs)}`), h(Outcome, { entry: each }),
        each.change?.rule && h("a", { class: "button plain end", href: router.href("rules", id, { restore: each.revision }) }, "Edit this version")),
      h(LineDiff, { before: text(before?.change), after: text(each.change) }));
  }));
}
