import { h } from "../../lib/dom.js";
import { ago } from "../../lib/format.js";
import { router } from "../../lib/router.js";
import { Panel } from "../../parts/panel.js";
import { Empty, Failure, Progress } from "../../parts/states.js";
import { until, what, when, who } from "./words.js";

/** Rules in the order in which they act. */
export function RuleTable({ rules, picked }) {
  const list = rules.value?.rules ?? [];
  return h(Panel, { title: `In force${list.length ? `: ${list.length}` : ""}`, flush: true, bodyClass: "scroll", class: "rule-list" },
    rules.error && h(Failure, { error: rules.error, retry: rules.again }),
    !rules.value && !rules.error && h(Progress, { label: "Reading the rules" }),
    rules.value && !list.length && h(Empty, { title: "No rule is in force" }, "Models write as they were trained. A rule changes the next token of every request it matches, also of those that are running."),
    list.map(({ rule, revision, atMs }) => h("a", { key: rule.rule, class: "list-button rule-item", href: router.href("rules", rule.rule), "aria-current": rule.rule === picked ? "true" : undefined },
      h("span", { class: "row baseline" }, h("strong", { class: "wrap-any" }, rule.rule), rule.priority ? h("span", { class: "chip" }, `priority ${rule.priority}`) : null, h("span", { class: "end small quiet nowrap" }, `r${revision}`)),
      h("span", { class: "mono small clip" }, what(rule)),
      h("span", { class: "small quiet clip" }, [who(rule), when(rule), until(rule)].filter((each) => each !== "always").join(" · ")),
      h("span", { class: "small quiet clip" }, `${rule.author}, ${ago(atMs)}`))));
}
