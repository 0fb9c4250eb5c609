package dev.steerage.schemas.json;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.Until;
import dev.steerage.domain.rule.When;
import dev.steerage.schemas.message.Refusal;
import java.util.List;

/// Rules, concepts, monitors and their removal, as in `rule.schema.json`.
public final class RuleJson {
  private RuleJson() {}

  /// Reads one record of the rule log.
  public static RuleChange readChange(JsonIn in) {
    if (in.has("rule")) {
      return new RuleChange.RulePut(readRule(in, null, null));
    }
    if (in.has("remove")) {
      return new RuleChange.RuleRemoved(in.text("remove"), in.text("author"));
    }
    if (in.has("concept")) {
      return new RuleChange.ConceptPut(
          in.text("concept"), in.text("model"), codes(in.texts("codes")), in.text("author"));
    }
    if (in.has("removeConcept")) {
      return new RuleChange.ConceptRemoved(in.text("removeConcept"), in.text("author"));
    }
    if (in.has("monitor")) {
      return new RuleChange.MonitorPut(MonitorJson.read(in));
    }
    if (in.has("removeMonitor")) {
      return new RuleChange.MonitorRemoved(in.text("removeMonitor"), in.text("author"));
    }
    throw new BadJson(
        Refusal.MALFORMED,
        "expected rule, remove, concept, removeConcept, monitor or removeMonitor");
  }

  /// Writes one record of the rule log.
  public static void writeChange(JsonOut out, RuleChange change) {
    switch (change) {
      case RuleChange.RulePut put -> writeRule(out, put.rule());
      case RuleChange.RuleRemoved removed ->
          out.text("remove", removed.rule()).text("author", removed.author());
      case RuleChange.ConceptPut put ->
          out.text("concept", put.concept())
              .text("model", put.model())
              .texts("codes", put.codes())
              .text("author", put.author());
      case RuleChange.ConceptRemoved removed ->
          out.text("removeConcept", removed.concept()).text("author", removed.author());
      case RuleChange.MonitorPut put -> MonitorJson.write(out, put.monitor());
      case RuleChange.MonitorRemoved removed ->
          out.text("removeMonitor", removed.monitor()).text("author", removed.author());
    }
  }

  /// Reads a rule. In a prompt `model` and `author` may be left out; the log demands them.
  static Rule readRule(JsonIn in, String defaultModel, String defaultAuthor) {
    return new Rule(
        in.text("rule"),
        defaultModel == null ? in.text("model") : in.text("model", defaultModel),
        in.integer("priority", 0),
        in.optionalObject("match", RuleJson::readMatch).orElse(Match.ALL),
        in.optionalObject("when", ConditionJson::readWhen).orElse(When.ALWAYS),
        in.objects("do", RuleJson::readAction),
        in.optionalObject("until", RuleJson::readUntil).orElse(Until.NEVER),
        defaultAuthor == null ? in.text("author") : in.text("author", defaultAuthor),
        in.flag("shadow", false));
  }

  static void writeRule(JsonOut out, Rule rule) {
    out.text("rule", rule.id()).text("model", rule.model());
    if (rule.priority() != 0) {
      out.whole("priority", rule.priority());
    }
    if (!rule.match().equals(Match.ALL)) {
      out.object("match", match -> writeMatch(match, rule.match()));
    }
    writeActing(out, rule);
    if (rule.shadow()) {
      out.flag("shadow", true);
    }
    out.text("author", rule.author());
  }

  /// The rule of a monitor: which requests and who says so follow from the monitor.
  static Rule readBody(JsonIn in, String id, String model) {
    return new Rule(
        id,
        model,
        in.integer("priority", 0),
        Match.ALL,
        in.optionalObject("when", ConditionJson::readWhen).orElse(When.ALWAYS),
        in.objects("do", RuleJson::readAction),
        in.optionalObject("until", RuleJson::readUntil).orElse(Until.NEVER),
        id);
  }

  static void writeBody(JsonOut out, Rule rule) {
    if (rule.priority() != 0) {
      out.whole("priority", rule.priority());
    }
    writeActing(out, rule);
  }

  private static void writeActing(JsonOut out, Rule rule) {
    if (!rule.when().equals(When.ALWAYS)) {
      out.object("when", when -> ConditionJson.writeWhen(when, rule.when()));
    }
    out.allObjects("do", rule.actions(), RuleJson::writeAction);
    if (!rule.until().equals(Until.NEVER)) {
      out.object("until", until -> writeUntil(until, rule.until()));
    }
  }

  private static Match readMatch(JsonIn in) {
    double percent = in.number("percent", 100);
    if (!(percent >= 0 && percent <= 100)) {
      throw new BadJson(Refusal.BAD_NUMBER, "percent=" + percent + ", expected 0 to 100");
    }
    return new Match(
        in.optionalText("request"),
        in.optionalText("session"),
        in.textMap("labels"),
        percent,
        in.flag("mandatory", false));
  }

  private static void writeMatch(JsonOut out, Match match) {
    out.text("request", match.request())
        .text("session", match.session())
        .textMap("labels", match.labels());
    if (match.percent() != 100) {
      out.number("percent", match.percent());
    }
    if (match.mandatory()) {
      out.flag("mandatory", true);
    }
  }

  private static Until readUntil(JsonIn in) {
    return new Until(
        in.optionalInteger("tokens"),
        in.optionalInteger("uses"),
        in.optionalWhole("timeMs"),
        in.optionalObject("when", ConditionJson::read));
  }

  private static void writeUntil(JsonOut out, Until until) {
    out.whole("tokens", until.tokens())
        .whole("uses", until.uses())
        .whole("timeMs", until.timeMs())
        .object("when", until.condition(), ConditionJson::write);
  }

  /// Reads `{"activate": …, "slots": …}`, `{"append": …}`, `{"ban": …}`, `{"ablate": …}`, `{"stop":
  /// true}`, `{"tag": …}` or `{"alert": …}`.
  static Action readAction(JsonIn in) {
    if (in.has("activate")) {
      return new Action.Activate(selection(in, "activate"), readSlots(in));
    }
    if (in.has("append")) {
      return new Action.Append(selection(in, "append"));
    }
    if (in.has("ban")) {
      return new Action.Ban(selection(in, "ban"));
    }
    if (in.has("ablate")) {
      return new Action.Ablate(selection(in, "ablate"));
    }
    if (in.flag("stop", false)) {
      return new Action.Stop();
    }
    if (in.has("tag")) {
      return new Action.Tag(in.text("tag"));
    }
    if (in.has("alert")) {
      return readAlert(in.object("alert"));
    }
    throw new BadJson(
        Refusal.MALFORMED, "do: expected activate, append, ban, ablate, stop, tag or alert");
  }

  static void writeAction(JsonOut out, Action action) {
    switch (action) {
      case Action.Activate activate -> {
        writeSelection(out, "activate", activate.codes());
        switch (activate.slots()) {
          case Action.Slots.LeastSimilar() -> {
            // What a reader assumes.
          }
          case Action.Slots.All() -> out.text("slots", "all");
          case Action.Slots.At(int slot) -> out.whole("slots", slot);
        }
      }
      case Action.Append append -> writeSelection(out, "append", append.codes());
      case Action.Ban ban -> writeSelection(out, "ban", ban.codes());
      case Action.Ablate ablate -> writeSelection(out, "ablate", ablate.codes());
      case Action.Stop() -> out.flag("stop", true);
      case Action.Tag(String tag) -> out.text("tag", tag);
      case Action.Alert(Action.Severity severity, String message) ->
          out.object("alert", alert -> alert.word("severity", severity).text("message", message));
    }
  }

  private static Action readAlert(JsonIn in) {
    return new Action.Alert(
        in.has("severity") ? in.word("severity", Action.Severity.class) : Action.Severity.WARNING,
        in.text("message"));
  }

  private static Action.Slots readSlots(JsonIn in) {
    if (!in.has("slots")) {
      return new Action.Slots.LeastSimilar();
    }
    if (in.at("slots").isNumber()) {
      int slot = in.integer("slots");
      if (slot < 0) {
        throw new BadJson(Refusal.BAD_NUMBER, "slots=" + slot + ", expected >= 0");
      }
      return new Action.Slots.At(slot);
    }
    return switch (in.text("slots")) {
      case "least-similar" -> new Action.Slots.LeastSimilar();
      case "all" -> new Action.Slots.All();
      default ->
          throw new BadJson(Refusal.MALFORMED, "slots: expected least-similar, all or a number");
    };
  }

  static CodeSelection selection(JsonIn in, String name) {
    return in.at(name).isArray()
        ? new CodeSelection.Codes(codes(in.texts(name)))
        : new CodeSelection.Concept(in.object(name).text("concept"));
  }

  static void writeSelection(JsonOut out, String name, CodeSelection selection) {
    switch (selection) {
      case CodeSelection.Codes codes -> out.texts(name, codes.codes());
      case CodeSelection.Concept concept ->
          out.object(name, object -> object.text("concept", concept.name()));
    }
  }

  static List<Code> codes(List<String> names) {
    return names.stream().map(RuleJson::code).toList();
  }

  private static Code code(String name) {
    try {
      return Code.parse(name);
    } catch (IllegalArgumentException e) {
      throw new BadJson(Refusal.UNKNOWN_CODE, e.getMessage());
    }
  }
}
