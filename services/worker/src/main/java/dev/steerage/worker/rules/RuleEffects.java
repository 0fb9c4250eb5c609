package dev.steerage.worker.rules;

import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.steering.InterventionPlan;
import dev.steerage.domain.steering.RuleCursor;
import dev.steerage.domain.steering.RuleProgram;
import dev.steerage.domain.steering.Shadow;
import dev.steerage.domain.steering.SlotConflict;
import dev.steerage.schemas.json.Words;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.worker.generation.WorkItem;
import dev.steerage.worker.tick.TickEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// What rules do to one request besides steering it, as events to be committed with the token that
/// they belong to: acks, alerts, tags, its end. Decode thread only.
final class RuleEffects {
  /// Pairs of rules that are told to conflict, per request.
  private static final int CONFLICTS_MAX = 16;

  private final WorkItem item;
  private final String worker;
  private final TenantRules rules;
  private final Map<Rule, Steer> steers = new HashMap<>();
  private final List<TickEvent> events = new ArrayList<>();
  private final Set<String> tags = new LinkedHashSet<>();
  private final Set<Pair> conflicts = new HashSet<>();
  private final Map<String, ShadowCount> shadows = new LinkedHashMap<>();
  private InterventionPlan toldPlan = InterventionPlan.none();
  private Optional<String> stoppedBy = Optional.empty();

  RuleEffects(WorkItem item, String worker, TenantRules rules) {
    this.item = item;
    this.worker = worker;
    this.rules = rules;
  }

  /// A steer command as a rule.
  private record Steer(String command, long offset) {}

  /// Two rules, one of which gave way.
  private record Pair(String loser, String winner) {}

  /// A rule of this request is a steer command.
  void steer(Rule rule, String command, long offset) {
    steers.put(rule, new Steer(command, offset));
  }

  /// How many steer commands there are.
  int steers() {
    return steers.size();
  }

  /// Takes up what happened at the cursor's position.
  ///
  /// @param tokenIndex that the position chooses; 0 for the prompt
  /// @param isTold a predecessor has written the events of this token
  void collect(RuleCursor cursor, int tokenIndex, boolean isTold) {
    RuleProgram program = cursor.program();
    for (int i : cursor.applied()) {
      applied(program, i, tokenIndex, isTold);
    }
    if (isTold) {
      return;
    }
    for (int i : cursor.expired()) {
      if (!program.rule(i).shadow()) {
        add(ack(RuleAck.Kind.EXPIRED, program, i, OptionalInt.of(tokenIndex)));
      }
    }
    InterventionPlan plan = cursor.plan();
    if (plan != toldPlan) {
      toldPlan = plan;
      // No lambda: it would be an object for every plan that takes turns with another.
      for (int i = 0; i < plan.conflicts().size(); i++) {
        conflict(program, plan.conflicts().get(i), tokenIndex);
      }
    }
    if (stoppedBy.isEmpty()) {
      stoppedBy = plan.stoppedBy();
    }
  }

  private void applied(RuleProgram program, int index, int tokenIndex, boolean isTold) {
    Rule rule = program.rule(index);
    if (rule.shadow()) {
      // Told when the request ends: nothing was applied.
      return;
    }
    if (!isTold) {
      add(ack(RuleAck.Kind.APPLIED, program, index, OptionalInt.of(tokenIndex)));
    }
    int alerts = 0;
    for (Action action : rule.actions()) {
      switch (action) {
        case Action.Tag(String tag) -> tags.add(tag);
        case Action.Alert alert -> {
          if (!isTold) {
            raise(alert(rule, alert, alerts, tokenIndex));
          }
          alerts++;
        }
        case Action.Stop _, Action.Intervention _ -> {
          // Done at every position at which the rule acts: part of the plan.
        }
      }
    }
  }

  /// The time of a rule is over.
  ///
  /// @param tokenIndex from which on it acts no more; empty: from the prompt on
  void lapsed(RuleProgram program, int index, OptionalInt tokenIndex) {
    add(ack(RuleAck.Kind.LAPSED, program, index, tokenIndex));
  }

  /// Whether this is the lapse of a rule of a program.
  boolean isOf(Lapse lapse, RuleProgram program, int index) {
    return lapse.subject().equals(program.rule(index).id())
        && lapse.revision() == revision(program, index);
  }

  private long revision(RuleProgram program, int index) {
    return program.isInline(index)
        ? item.work().sourceOffset()
        : rules.offsetOf(program.rule(index).id(), program.revision());
  }

  private RuleAck ack(RuleAck.Kind kind, RuleProgram program, int index, OptionalInt tokenIndex) {
    Rule rule = program.rule(index);
    Optional<Steer> steer =
        program.isInline(index) ? Optional.ofNullable(steers.get(rule)) : Optional.empty();
    return new RuleAck(
        kind,
        steer.map(Steer::command).orElse(rule.id()),
        steer.isPresent() ? RuleAck.SubjectKind.COMMAND : RuleAck.SubjectKind.RULE,
        steer.map(Steer::offset).orElseGet(() -> revision(program, index)),
        Optional.of(item.origin().request()),
        tokenIndex,
        worker,
        Optional.empty(),
        Optional.empty());
  }

  private Alert alert(Rule rule, Action.Alert said, int number, int tokenIndex) {
    String request = item.origin().request();
    return new Alert(
        "rule/" + request + "/" + rule.id() + "/" + number,
        "rule",
        Words.of(said.severity()),
        said.message(),
        0,
        Map.of(
            "rule", rule.id(),
            "author", rule.author(),
            "request", request,
            "tokenIndex", Integer.toString(tokenIndex)));
  }

  private void conflict(RuleProgram program, SlotConflict conflict, int tokenIndex) {
    if (conflicts.size() >= CONFLICTS_MAX
        || !conflicts.add(new Pair(conflict.loser(), conflict.winner()))) {
      return;
    }
    String request = item.origin().request();
    String rest =
        conflicts.size() == CONFLICTS_MAX ? "; further conflicts of this request are not told" : "";
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("request", request);
    facts.put("tokenIndex", Integer.toString(tokenIndex));
    facts.put("code", conflict.code().toString());
    facts.put("loser", conflict.loser());
    facts.put("loserAuthor", author(program, conflict.loser()));
    facts.put("winner", conflict.winner());
    facts.put("winnerAuthor", author(program, conflict.winner()));
    raise(
        new Alert(
            "slot-conflict/" + request + "/" + conflict.loser() + "/" + conflict.winner(),
            "slot-conflict",
            "warning",
            "rule " + conflict.loser() + " gave way to rule " + conflict.winner() + rest,
            0,
            facts));
  }

  private static String author(RuleProgram program, String rule) {
    for (int i = 0; i < program.size(); i++) {
      if (program.rule(i).id().equals(rule)) {
        return program.rule(i).author();
      }
    }
    return "";
  }

  private void add(RuleAck ack) {
    events.add(new TickEvent.Acked(item.origin().partition(), item.origin().tenant(), ack));
  }

  private void raise(Alert alert) {
    events.add(new TickEvent.Raised(item.origin(), alert));
  }

  /// A position at which rules would have acted.
  void shadow(List<Shadow> seen, int tokenIndex, Shadow.NaturalCodes natural) {
    for (Shadow shadow : seen) {
      shadows
          .computeIfAbsent(shadow.rule(), _ -> new ShadowCount(tokenIndex))
          .add(shadow.changedSlots(natural), shadow.stoppedBy().isPresent(), tokenIndex);
    }
  }

  /// What rules would have done to the request that ends now.
  List<TickEvent> shadowReports() {
    List<TickEvent> reports = new ArrayList<>();
    shadows.forEach(
        (rule, count) ->
            reports.add(
                new TickEvent.Raised(item.origin(), count.alert(item.origin().request(), rule))));
    return reports;
  }

  /// Events since the last call, to be committed with the token that was chosen.
  List<TickEvent> take() {
    if (events.isEmpty()) {
      return List.of();
    }
    List<TickEvent> all = List.copyOf(events);
    events.clear();
    return all;
  }

  /// Words that rules put on the request so far.
  List<String> tags() {
    return List.copyOf(tags);
  }

  /// The rule that ends the request with the token being chosen.
  Optional<String> stoppedBy() {
    return stoppedBy;
  }
}
