import { h, useEffect, useState } from "../../lib/dom.js";
import { actionText } from "../../lib/codes.js";
import { ago } from "../../lib/format.js";
import { jsonText } from "../../lib/json-text.js";
import { useLoad } from "../../lib/load.js";
import { router } from "../../lib/router.js";
import { gateway } from "../../api/gateway.js";
import { session } from "../../state/session.js";
import { toasts } from "../../state/toasts.js";
import { Field } from "../../parts/field.js";
import { Panel } from "../../parts/panel.js";
import { Empty, Failure, Progress } from "../../parts/states.js";
import { watched, watches } from "./words.js";

const PAUSE_MS = 250;
const REFRESH_MS = 3000;
const NAME = /^[A-Za-z0-9._-]{1,40}$/;

const blank = (card) => ({ model: card.model, measure: { distinct: card.sites[0].site }, window: { tumblingMs: 10000 }, below: 10, message: "few codes are left" });
const withoutName = ({ monitor, version, author, inForce, ...rest }) => rest;

/** What watches the codes and answers with alerts and rules. @param {{card: import("../../state/session.js").ModelCard, news: number}} props */
export function Monitors({ card, news }) {
  const monitors = useLoad(() => gateway.monitors(card.model), [card.model, news], REFRESH_MS);
  const alerts = useLoad(() => gateway.alerts(100), [], REFRESH_MS);
  const picked = router.query.get("monitor");
  const list = monitors.value ?? [];
  const edgeOf = (id) => (alerts.value ?? []).find((each) => each.kind === "monitor" && each.facts?.monitor === id) ?? null;
  return h("div", { class: "split" },
    h(Panel, { title: `Monitors${list.length ? `: ${list.length}` : ""}`, flush: true, bodyClass: "scroll",
      end: h("a", { class: "button plain", href: router.href("rules", null, { tab: "monitors" }) }, "New") },
      monitors.error && h(Failure, { error: monitors.error, retry: monitors.again }),
      !monitors.value && !monitors.error && h(Progress, { label: "Reading the monitors" }),
      monitors.value && !list.length && h(Empty, { title: "No monitor" }, "A monitor watches codes over a window of time. When its bound is crossed it raises an alert, and puts a rule in force until it is over."),
      list.map((each) => h("a", { key: each.monitor, class: "list-button rule-item", href: router.href("rules", null, { tab: "monitors", monitor: each.monitor }), "aria-current": each.monitor === picked ? "true" : undefined },
        h("span", { class: "row baseline" }, h("strong", { class: "wrap-any" }, each.monitor), h(State, { monitor: each, edge: edgeOf(each.monitor) })),
        h("span", { class: "small clip", title: watches(each) }, watches(each)),
        h("span", { class: "small quiet clip" }, `${watched(each)} · ${each.then ? each.then.do.map(actionText).join("; ") : "alert only"}`),
        h("span", { class: "small quiet clip" }, each.author)))),
    monitors.value && h(Editor, { key: `${picked} ${list.some((each) => each.monitor === picked)}`, card, monitor: list.find((each) => each.monitor === picked) ?? null, onChanged: monitors.again }));
}

function State({ monitor, edge }) {
  if (monitor.inForce?.length) return h("span", { class: "chip steer end", title: monitor.inForce.join(", ") }, "rule in force");
  if (!edge) return h("span", { class: "chip end" }, "quiet");
  return h("span", { class: `chip end ${edge.facts.edge === "raised" ? "warn" : ""}` }, `${edge.facts.edge} ${ago(edge.atMs)}`);
}

function Editor({ card, monitor, onChanged }) {
  const [name, setName] = useState(monitor?.monitor ?? "");
  const [text, setText] = useState(() => jsonText(monitor ? withoutName(monitor) : blank(card)));
  const [busy, setBusy] = useState(false);
  const [verdict, setVerdict] = useState({ problems: [], taken: null });
  let value = null;
  let malformed = null;
  try {
    value = JSON.parse(text);
  } catch (e) {
    malformed = e.message;
  }
  useEffect(() => {
    setVerdict({ problems: [], taken: null });
    if (!value) return undefined;
    let isOver = false;
    const timer = setTimeout(() => gateway.planMonitor(NAME.test(name) ? name : "unnamed", value).then(
      (answer) => !isOver && setVerdict(answer),
      (error) => !isOver && setVerdict({ taken: false, problems: [{ reason: error.code ?? "refused", detail: error.message }] })), PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [text, name]);
  const change = async (doing, there) => {
    setBusy(true);
    try {
      const { subject, revision } = await doing();
      toasts.say(`${subject}: revision ${revision}`);
      onChanged();
      router.go("rules", null, { tab: "monitors", monitor: there });
    } catch (e) {
      toasts.fail(e);
    }
    setBusy(false);
  };
  const publish = (event) => {
    event.preventDefault();
    change(() => gateway.putMonitor(name, value), name);
  };
  const problems = malformed ? [{ reason: "malformed", detail: malformed }] : verdict.problems;
  return h("form", { class: "panel", "aria-label": monitor ? `Monitor ${monitor.monitor}` : "New monitor", onSubmit: publish },
    h("header", {}, h("h2", { class: "wrap-any" }, monitor?.monitor ?? "New monitor")),
    h("div", { class: "body stack" },
      !monitor && h(Field, { label: "Monitor name", value: name, onInput: setName, placeholder: "too-much-fire", hint: "letters, digits, . _ -", required: true, pattern: "[A-Za-z0-9._\\-]{1,40}" }),
      value && h("p", { class: "rule-words" }, h("strong", {}, watches(value)), ` · ${watched(value)}`),
      h(Field, { label: "Monitor", mono: true, rows: Math.min(22, Math.max(10, text.split("\n").length + 1)), value: text, onInput: setText, spellcheck: false, "aria-invalid": problems.length ? "true" : "false", "aria-describedby": "monitor-problems" }),
      h("div", { id: "monitor-problems", role: "status", "aria-live": "polite" },
        problems.length ? h("ul", { class: "problems" }, problems.map((each, i) => h("li", { key: i, class: "notice bad" }, h("strong", { class: "nowrap" }, each.reason), h("span", {}, each.detail))))
          : verdict.taken ? h("p", { class: "small good-text" }, "✓ valid: form, limits, codes, and no circle of monitors") : h("p", { class: "small quiet" }, "Checking…")),
      h("div", { class: "row wrap" },
        h("button", { class: "button primary", type: "submit", disabled: !session.canWrite || busy || !verdict.taken || Boolean(malformed) || !NAME.test(name) }, monitor ? "Publish new version" : "Publish"),
        monitor && h("button", { class: "button danger", type: "button", disabled: !session.canWrite || busy, onClick: () => change(() => gateway.removeMonitor(monitor.monitor), null) }, "Remove"))));
}
