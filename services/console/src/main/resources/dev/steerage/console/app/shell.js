import { h, useEffect, useState } from "./lib/dom.js";
import { router } from "./lib/router.js";
import { useStores } from "./lib/store.js";
import { toggleTheme } from "./lib/theme.js";
import { session } from "./state/session.js";
import { toasts } from "./state/toasts.js";
import { Empty } from "./parts/states.js";
import { AutomatonPage } from "./pages/automaton/page.js";
import { CodesPage } from "./pages/codes/page.js";
import { LivePage } from "./pages/live/page.js";
import { PlaygroundPage } from "./pages/playground/page.js";
import { RulesPage } from "./pages/rules/page.js";

const SECTIONS = [
  { page: "playground", name: "Playground", component: PlaygroundPage },
  { page: "live", name: "Live", component: LivePage },
  { page: "codes", name: "Codes", component: CodesPage },
  { page: "rules", name: "Rules", component: RulesPage },
  { page: "automaton", name: "TokFSM", component: AutomatonPage },
];

/** The frame around every page. */
export function Shell() {
  useStores(router, session);
  const section = SECTIONS.find((each) => each.page === router.page) ?? SECTIONS[0];
  useEffect(() => {
    document.title = `${section.name} · Steerage`;
  }, [section]);
  useEffect(() => session.choose(router.query.get("model")), [router.query, session.models]);
  return [
    h("a", { class: "skip", href: "#main", onClick: skip }, "Skip to the page"),
    h("header", { class: "bar" },
      h("a", { class: "brand", href: router.href("playground") }, h("img", { src: "/icon.svg", alt: "" }), h("span", {}, "Steerage")),
      h("nav", { class: "sections", "aria-label": "Sections" }, SECTIONS.map((each) =>
        h("a", { key: each.page, href: router.href(each.page), "aria-current": each === section ? "page" : undefined }, each.name))),
      h("div", { class: "bar-end" }, h(Health), h(Where), h(ModelPicker),
        h("button", { class: "button icon plain", type: "button", onClick: toggleTheme, "aria-label": "Light or dark", title: "Light or dark" }, "◐"))),
    h("main", { id: "main", class: "page", tabIndex: -1 }, h(Content, { section })),
    h(Toasts),
  ];
}

function skip(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

function Content({ section }) {
  if (session.state === "starting") return h(Empty, { title: "Asking the gateway who is here…" });
  if (session.state === "locked") return h(KeyForm);
  if (session.state === "unreachable") return h(Empty, { title: "The gateway does not answer", busy: true }, "It is asked again every few seconds. Is the instance still running?");
  if (!session.model) return h(Empty, { title: "No model yet", busy: true }, "A worker that serves a model announces it; this page is looking for one.");
  return h(section.component, { key: `${section.page} ${session.model.model}`, card: session.model });
}

function KeyForm() {
  const [key, setKey] = useState("");
  const submit = (event) => {
    event.preventDefault();
    session.unlock(key.trim());
  };
  return h("form", { class: "panel key-form", onSubmit: submit },
    h("header", {}, h("h1", {}, "This gateway asks for a key")),
    h("div", { class: "body stack" },
      h("div", { class: "field" }, h("label", { for: "key" }, "API key"),
        h("input", { id: "key", class: "input mono", type: "password", autocomplete: "off", value: key, onInput: (e) => setKey(e.target.value) })),
      h("p", { class: "small quiet" }, "It is kept in this tab until the tab is closed."),
      h("button", { class: "button primary", type: "submit", disabled: !key.trim() }, "Enter")));
}

function Health() {
  const state = session.state === "ready" ? (session.models.length ? "good" : "warn") : session.state === "starting" ? "" : "bad";
  const text = { ready: session.models.length ? "connected" : "no model", starting: "connecting", locked: "key needed", unreachable: "no gateway" }[session.state];
  return h("span", { class: `state-dot optional ${state}`, role: "status" }, text);
}

function Where() {
  const who = session.who;
  if (!who) return null;
  if (who.tenants.length < 2) return h("span", { class: "small quiet optional", title: `you are ${who.name}, role ${who.role}` }, `${who.tenant} · ${who.role}`);
  return h("select", { class: "input optional", "aria-label": "Tenant", value: who.tenant, onChange: (e) => session.enter(e.target.value) },
    who.tenants.map((tenant) => h("option", { key: tenant, value: tenant }, tenant)));
}

function ModelPicker() {
  if (!session.models.length) return null;
  return h("select", { class: "input", "aria-label": "Model", value: session.model.model, onChange: (e) => session.choose(e.target.value) },
    session.models.map((each) => h("option", { key: each.model, value: each.model }, each.model)));
}

function Toasts() {
  useStores(toasts);
  return h("div", { class: "toasts", role: "status", "aria-live": "polite" }, toasts.list.map((each) =>
    h("div", { key: each.id, class: `toast ${each.kind}` }, h("span", { class: "grow" }, each.text),
      h("button", { class: "button icon plain", type: "button", "aria-label": "Dismiss", onClick: () => toasts.drop(each.id) }, "×"))));
}
