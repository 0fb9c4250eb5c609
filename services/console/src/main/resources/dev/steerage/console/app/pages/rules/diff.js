import { h, useEffect, useState } from "../../lib/dom.js";
import { jsonText } from "../../lib/json-text.js";
import { useLoad } from "../../lib/load.js";
import { gateway } from "../../api/gateway.js";
import { Field } from "../../parts/field.js";
import { Panel } from "../../parts/panel.js";
import { Empty, Failure, Progress } from "../../parts/states.js";
import { LineDiff } from "./line-diff.js";

/** What was different at another revision. @param {{newest: number}} props */
export function Diff({ newest }) {
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  useEffect(() => {
    if (from === "") setFrom(String(Math.max(-1, newest - 5)));
    if (to === "") setTo(String(newest));
  }, [newest]);
  const isReady = from !== "" && to !== "";
  const diff = useLoad(() => (isReady ? gateway.diff(Number(from), Number(to)) : Promise.resolve(null)), [from, to]);
  const part = (name, list, before, after) => list.map((each, i) => h("section", { key: `${name} ${i}`, class: "diff-part" },
    h("div", { class: "row" }, h("strong", { class: "wrap-any" }, (after(each) ?? before(each)).rule), h("span", { class: `chip ${name === "added" ? "good" : name === "removed" ? "bad" : "warn"}` }, name)),
    h(LineDiff, { before: text(before(each)), after: text(after(each)) })));
  return h(Panel, { title: "Compare revisions", end: h("div", { class: "row diff-range" },
    h(Field, { label: "From revision", type: "number", min: -1, max: newest, value: from, onInput: setFrom }), h(Field, { label: "To revision", type: "number", min: -1, max: newest, value: to, onInput: setTo })) },
    diff.error && h(Failure, { error: diff.error }),
    diff.busy && !diff.value && h(Progress, { label: "Comparing" }),
    diff.value && [
      part("added", diff.value.added, () => null, (rule) => rule),
      part("removed", diff.value.removed, (rule) => rule, () => null),
      part("changed", diff.value.changed, (each) => each.before, (each) => each.after),
      !diff.value.added.length && !diff.value.removed.length && !diff.value.changed.length && h(Empty, { title: "The same rules" }, "Between these revisions nothing changed that is in force."),
    ]);
}

const text = (rule) => (rule ? jsonText(rule) : "");
