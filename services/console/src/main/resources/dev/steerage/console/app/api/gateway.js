// Every route that the console calls, by what it means. Shapes: schemas/http/openapi.yaml.
import { call, del, get, path, post, put } from "./client.js";

export const gateway = {
  whoAmI: () => get(path("whoami")),
  ready: () => get("/ready"),
  models: () => get(path("models")).then((answer) => answer.models),
  tokens: (model) => get(path("models", model, "tokens")).then((answer) => answer.tokens),
  tokenize: (model, text) => post(path("models", model, "tokenize"), { text }).then((answer) => answer.tokens),
  automaton: (model) => get(path("models", model, "automaton")),

  createPrompt: (prompt) => post(path("prompts"), prompt),
  prompts: (limit) => get(path("prompts"), { limit }).then((answer) => answer.prompts),
  activations: (request, from, limit, signal) => get(path("prompts", request, "activations"), { from, limit }, signal),
  command: (request, command, wait) => post(path("prompts", request, "commands"), command, { wait }),
  replay: (request, revision) => post(path("prompts", request, "replay"), revision === null ? {} : { revision }),
  eventsPath: (request, sites) => {
    const search = new URLSearchParams({ include: "codes,acks" });
    if (sites?.length) search.set("sites", sites.join(","));
    return `${path("prompts", request, "events")}?${search}`;
  },
  completions: (body) => post("/v1/completions", body),

  rules: (model, revision) => get(path("rules"), { model, revision }),
  validateRule: (rule) => post(path("rules", "validate"), rule),
  changes: (query) => get(path("rules", "history"), query),
  diff: (from, to) => get(path("rules", "diff"), { from, to }),
  putRule: (id, rule, ifMatch) => put(path("rules", id), rule, ifMatch === undefined ? {} : { headers: { "If-Match": `"${ifMatch}"` } }),
  removeRule: (id, ifMatch) => del(path("rules", id), ifMatch === undefined ? {} : { headers: { "If-Match": `"${ifMatch}"` } }),
  effects: (id, limit) => get(path("rules", id, "effects"), { limit }).then((answer) => answer.effects),
  concepts: (model) => get(path("concepts"), { model }),
  putConcept: (name, concept) => put(path("concepts", name), concept),
  removeConcept: (name) => del(path("concepts", name)),
  monitors: (model) => get(path("monitors"), { model }).then((answer) => answer.monitors),
  planMonitor: (id, monitor) => post(path("monitors", id, "plan"), monitor),
  putMonitor: (id, monitor) => put(path("monitors", id), monitor),
  removeMonitor: (id) => del(path("monitors", id)),

  topCodes: (model, site, limit) => get(path("models", model, "codes"), { site, limit }),
  code: (model, code, contexts) => get(path("models", model, "codes", code), { contexts }),
  putLabel: (model, code, label) => put(path("models", model, "codes", code, "label"), { label }),
  removeLabel: (model, code) => del(path("models", model, "codes", code, "label")),
  labels: (model) => get(path("models", model, "labels"), { limit: 1000 }).then((answer) => answer.labels),
  search: (model, query, signal) => call("POST", path("models", model, "search"), { body: query, signal }),
  index: () => get(path("index")),

  statistics: (query) => get(path("statistics"), query).then((answer) => answer.windows),
  statisticsHistory: (query) => get(path("statistics", "history"), query),
  alerts: (limit) => get(path("alerts"), { limit }).then((answer) => answer.alerts),
  followPath: (topics, query = {}) => `${path("events")}?${new URLSearchParams({ topics: topics.join(","), ...query })}`,
};
