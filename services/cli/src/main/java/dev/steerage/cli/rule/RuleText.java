package dev.steerage.cli.rule;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Condition;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.Until;
import dev.steerage.domain.rule.When;
import dev.steerage.schemas.json.Words;
import dev.steerage.schemas.message.RuleAck;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Rules in few words, for tables.
public final class RuleText {
  private static final int SHOWN_CODES = 3;

  private RuleText() {}

  /// What a change does.
  public static String of(RuleChange change) {
    return switch (change) {
      case RuleChange.RulePut put -> "put " + actions(put.rule().actions());
      case RuleChange.RuleRemoved _ -> "removed";
      case RuleChange.ConceptPut put -> "concept " + codes(put.codes());
      case RuleChange.ConceptRemoved _ -> "concept removed";
      case RuleChange.MonitorPut put -> "monitor " + MonitorText.measure(put.monitor());
      case RuleChange.MonitorRemoved _ -> "monitor removed";
    };
  }

  /// What a rule does.
  public static String actions(List<Action> actions) {
    return actions.stream().map(RuleText::action).collect(Collectors.joining("; "));
  }

  private static String action(Action action) {
    return switch (action) {
      case Action.Activate activate -> "activate " + selection(activate.codes()) + slots(activate);
      case Action.Append append -> "append " + selection(append.codes());
      case Action.Ban ban -> "ban " + selection(ban.codes());
      case Action.Ablate ablate -> "ablate " + selection(ablate.codes());
      case Action.Stop() -> "stop";
      case Action.Tag(String tag) -> "tag " + tag;
      case Action.Alert(Action.Severity severity, String _) -> "alert " + Words.of(severity);
    };
  }

  private static String slots(Action.Activate activate) {
    return switch (activate.slots()) {
      case Action.Slots.LeastSimilar() -> "";
      case Action.Slots.All() -> " in all slots";
      case Action.Slots.At(int slot) -> " in slot " + slot;
    };
  }

  static String selection(CodeSelection selection) {
    return switch (selection) {
      case CodeSelection.Codes codes -> codes(codes.codes());
      case CodeSelection.Concept concept -> "concept " + concept.name();
    };
  }

  private static String codes(List<Code> codes) {
    String shown =
        codes.stream().limit(SHOWN_CODES).map(Code::toString).collect(Collectors.joining(" "));
    return codes.size() <= SHOWN_CODES
        ? shown
        : shown + " and " + (codes.size() - SHOWN_CODES) + " more";
  }

  /// Which requests and positions a rule acts on.
  public static String scope(Rule rule) {
    List<String> parts = new ArrayList<>();
    Match match = rule.match();
    match.request().ifPresent(request -> parts.add("request " + request));
    match.session().ifPresent(session -> parts.add("session " + session));
    match.labels().forEach((label, value) -> parts.add(label + "=" + value));
    if (match.percent() != 100) {
      parts.add(match.percent() + " %");
    }
    rule.when().condition().parts().forEach(part -> parts.add(condition(part)));
    if (rule.when().once()) {
      parts.add("once");
    }
    Until until = rule.until();
    until.tokens().ifPresent(tokens -> parts.add("for " + tokens + " tokens"));
    until.uses().ifPresent(uses -> parts.add("for " + uses + " uses"));
    until.timeMs().ifPresent(time -> parts.add("until " + Instant.ofEpochMilli(time)));
    until.condition().ifPresent(end -> parts.add("until " + condition(end)));
    if (rule.shadow()) {
      parts.add("shadow only");
    }
    return parts.isEmpty() ? "everything" : String.join(", ", parts);
  }

  private static String condition(Condition condition) {
    return switch (condition) {
      case Condition.InPhase(When.Phase phase) -> Words.of(phase);
      case Condition.At(When.Positions positions) -> "positions " + positions(positions);
      case Condition.AfterToken(List<Integer> tokens) -> "after " + tokens;
      case Condition.AfterSequence(List<Integer> tokens) -> "after all of " + tokens;
      case Condition.AfterText(String pattern) -> "after /" + pattern + "/";
      case Condition.Fired(CodeSelection codes, int within) ->
          "fired " + selection(codes) + " within " + within;
      case Condition.Count(CodeSelection codes, int over, int atLeast) ->
          "fired " + selection(codes) + " " + atLeast + " times in " + over;
      case Condition.All(List<Condition> parts) -> joined(parts, " and ");
      case Condition.Any(List<Condition> parts) -> joined(parts, " or ");
      case Condition.Not(Condition part) -> "not " + condition(part);
    };
  }

  private static String joined(List<Condition> parts, String word) {
    return parts.stream().map(RuleText::condition).collect(Collectors.joining(word, "(", ")"));
  }

  private static String positions(When.Positions positions) {
    return switch (positions) {
      case When.Positions.Listed listed -> listed.positions().toString();
      case When.Positions.Range range -> "[" + range.from() + ", " + range.to() + ")";
      case When.Positions.Every every -> every.offset() + " + n x " + every.every();
    };
  }

  /// An acknowledgement as a sentence.
  public static String of(RuleAck ack) {
    StringBuilder line =
        new StringBuilder(Words.of(ack.subjectKind()))
            .append(' ')
            .append(ack.subject())
            .append(' ')
            .append(Words.of(ack.kind()))
            .append(" at revision ")
            .append(ack.revision());
    ack.request().ifPresent(request -> line.append(", request ").append(request));
    ack.tokenIndex().ifPresent(index -> line.append(", first affected token ").append(index));
    ack.refusal().ifPresent(refusal -> line.append(": ").append(Words.of(refusal)));
    ack.detail().ifPresent(detail -> line.append(" (").append(detail).append(')'));
    return line.append(", worker ").append(ack.worker()).toString();
  }
}
