import { h, useEffect, useState } from "../../lib/dom.js";
import { moment } from "../../lib/format.js";
import { router } from "../../lib/router.js";
import { gateway } from "../../api/gateway.js";
import { Panel } from "../../parts/panel.js";
import { Empty, Failure, Progress } from "../../parts/states.js";
import { changeText, changeWords } from "./words.js";

const PAGE = 50;

/** Everything that was ever asked, newest first, with authors and outcomes. */
export function Log({ news }) {
  const [entries, setEntries] = useState(null);
  const [next, setNext] = useState(null);
  const [error, setError] = useState(null);
  const load = async (before) => {
    try {
      const answer = await gateway.changes({ limit: PAGE, before });
      setEntries((old) => (before === undefined ? answer.changes : [...old, ...answer.changes]));
      setNext(answer.next ?? null);
      setError(null);
    } catch (e) {
      setError(e);
    }
  };
  useEffect(() => {
    load();
  }, [news]);
  return h(Panel, { title: "Rule log", flush: true, bodyClass: "scroll" },
    error && h(Failure, { error, retry: () => load() }),
    !entries && !error && h(Progress, { label: "Reading the log" }),
    entries && !entries.length && h(Empty, { title: "The log is empty" }, "Every rule, concept and monitor that is ever published is kept here for ever, with its author."),
    entries?.length > 0 && h("div", { class: "scroll" }, h("table", { class: "log" },
      h("thead", {}, h("tr", {}, ["Revision", "When", "Author", "Change", "Outcome"].map((each, i) => h("th", { key: each, scope: "col", class: i ? "" : "num" }, each)))),
      h("tbody", {}, entries.map((each) => h("tr", { key: each.revision },
        h("td", { class: "num" }, each.revision), h("td", { class: "nowrap" }, moment(each.atMs)), h("td", { class: "wrap-any" }, each.author ?? "–"),
        h("td", {}, h(Change, { change: each.change })),
        h("td", {}, h(Outcome, { entry: each }))))))),
    next !== null && h("div", { class: "body" }, h("button", { class: "button", type: "button", onClick: () => load(next) }, "Older")));
}

/** A record in words, with a way to what it is about. */
function Change({ change }) {
  const words = changeWords(change);
  const rule = change?.rule ?? change?.remove;
  const there = rule ? router.href("rules", rule) : change?.monitor ? router.href("rules", null, { tab: "monitors", monitor: change.monitor }) : change?.concept ? router.href("codes", null, { tab: "concepts" }) : null;
  return [there ? h("a", { href: there }, changeText(change)) : changeText(change), words && h("span", { class: "mono quiet clip", title: words }, ` ${words}`)];
}

/** What workers said to a record. */
export function Outcome({ entry }) {
  if (entry.outcome === "accepted") return h("span", { class: "chip good" }, "accepted");
  if (entry.outcome === "refused") return h("span", {}, h("span", { class: "chip bad" }, entry.refusal ?? "refused"), entry.detail && h("span", { class: "small" }, ` ${entry.detail}`));
  return h("span", { class: "chip", title: "no worker of the model has said" }, "unknown");
}
