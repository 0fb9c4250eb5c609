package dev.steerage.domain.steering;

import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// The rules of one request at one revision. Made when a request starts and when the revision
/// changes; used by one thread, the request's.
///
/// It consists of parts, most of which it shares with other requests ([RulePrograms]), and counts
/// the rules of all parts in the order in which they are applied. Rules that act on a share of
/// requests are counted even where this request is not in it; they never act.
public final class RuleProgram {
  private static final int CACHED_PLANS = 1_024;

  private final long revision;
  private final ModelShape model;
  private final RulePart[] parts;

  /// By part: rules that do not act on this request, or null.
  private final ActiveRules[] left;

  /// By part: where its rules are among all; null where there is one part.
  private final int[][] places;

  private final CompiledRule[] rules;
  private final int[] timed;
  private final boolean needsHistory;
  private final Map<ActiveRules, InterventionPlan> plans;

  RuleProgram(long revision, List<RulePart> parts, RequestFacts facts, ModelShape model) {
    this.revision = revision;
    this.model = model;
    this.parts = parts.toArray(new RulePart[0]);
    boolean isOne = this.parts.length == 1;
    byte[] member = facts.drawnBy().getBytes(StandardCharsets.UTF_8);
    left = new ActiveRules[this.parts.length];
    for (int part = 0; part < left.length; part++) {
      left[part] = this.parts[part].notDrawn(member);
    }
    places = isOne ? null : new int[this.parts.length][];
    rules = isOne ? this.parts[0].rules : merge();
    plans = isOne ? this.parts[0].plans : new HashMap<>();
    needsHistory =
        IntStream.range(0, left.length)
            .anyMatch(part -> IntStream.of(this.parts[part].looking).anyMatch(i -> acts(part, i)));
    timed =
        IntStream.range(0, left.length)
            .flatMap(
                part ->
                    IntStream.of(this.parts[part].timed)
                        .filter(i -> acts(part, i))
                        .map(i -> place(part, i)))
            .sorted()
            .toArray();
  }

  private CompiledRule[] merge() {
    int size = 0;
    for (int part = 0; part < parts.length; part++) {
      places[part] = new int[parts[part].size()];
      size += parts[part].size();
    }
    CompiledRule[] merged = new CompiledRule[size];
    int[] next = new int[parts.length];
    for (int place = 0; place < size; place++) {
      int first = -1;
      for (int part = 0; part < parts.length; part++) {
        if (next[part] < parts[part].size()
            && (first < 0
                || RulePart.ORDER.compare(
                        parts[part].rules[next[part]], parts[first].rules[next[first]])
                    < 0)) {
          first = part;
        }
      }
      merged[place] = parts[first].rules[next[first]];
      places[first][next[first]++] = place;
    }
    return merged;
  }

  /// The rules of `book` and `inline` that match the request, each of them looked at: what
  /// [RulePrograms] does with an index, spelled out.
  ///
  /// @param inline rules of this request only: of its prompt, then of commands
  public static RuleProgram compile(
      RuleBook book, List<Rule> inline, RequestFacts facts, ModelShape model) {
    List<Rule> matching =
        book.rules(model.model()).stream()
            .filter(rule -> Share.matchesStanding(rule, facts))
            .toList();
    RulePart part = RulePart.compile(matching, matching(inline, facts, model), book, model);
    return new RuleProgram(book.revision(), List.of(part), facts, model);
  }

  static List<Rule> matching(List<Rule> inline, RequestFacts facts, ModelShape model) {
    return inline.stream()
        .filter(rule -> rule.model().equals(model.model()) && Share.matches(rule, facts))
        .toList();
  }

  /// The revision in force.
  public long revision() {
    return revision;
  }

  /// How many rules there are.
  public int size() {
    return rules.length;
  }

  /// The rules, in the order in which they are applied.
  public Rule rule(int index) {
    return rules[index].rule;
  }

  /// Whether a rule came with the prompt or a command.
  public boolean isInline(int index) {
    return rules[index].inline;
  }

  /// Ids of matching rules that name a concept which does not exist at this revision; they do not
  /// act. Only inline rules can be among them: the log refuses such rules.
  public List<String> unresolved() {
    return IntStream.range(0, parts.length)
        .mapToObj(part -> parts[part].unresolved)
        .flatMap(List::stream)
        .toList();
  }

  /// Whether a condition looks at codes that fired at earlier positions.
  public boolean needsHistory() {
    return needsHistory;
  }

  /// Rules that end at a time; whether it is over is decided by whoever has a clock, and recorded.
  public int[] timed() {
    return timed;
  }

  int parts() {
    return parts.length;
  }

  RulePart part(int part) {
    return parts[part];
  }

  /// Whether a rule of a part acts on this request at all.
  boolean acts(int part, int index) {
    return left[part] == null || !left[part].contains(index);
  }

  /// Where a rule of a part is among all.
  int place(int part, int index) {
    return places == null ? index : places[part][index];
  }

  /// The rule with this [CompiledRule#key], or -1.
  int find(String key) {
    for (int part = 0; part < parts.length; part++) {
      int found = parts[part].find(key);
      if (found >= 0) {
        return place(part, found);
      }
    }
    return -1;
  }

  CompiledRule compiled(int index) {
    return rules[index];
  }

  /// What a set of acting rules does; the same object for the same set.
  InterventionPlan plan(ActiveRules active) {
    if (active.isEmpty()) {
      return InterventionPlan.none();
    }
    InterventionPlan plan = plans.get(active);
    if (plan == null) {
      if (plans.size() == CACHED_PLANS) {
        plans.clear();
      }
      plan = build(active);
      plans.put(active.copy(), plan);
    }
    return plan;
  }

  private InterventionPlan build(ActiveRules active) {
    PlanBuilder builder = new PlanBuilder(model);
    for (int i = active.next(0); i >= 0; i = active.next(i + 1)) {
      if (rules[i].rule.shadow()) {
        PlanBuilder alone = new PlanBuilder(model);
        add(rules[i], alone);
        builder.shadow(new Shadow(rules[i].rule.id(), alone.build()));
      } else {
        add(rules[i], builder);
      }
    }
    return builder.build();
  }

  private static void add(CompiledRule compiled, PlanBuilder builder) {
    Rule rule = compiled.rule;
    for (int a = 0; a < rule.actions().size(); a++) {
      switch (rule.actions().get(a)) {
        case Action.Intervention intervention ->
            builder.add(rule.id(), intervention, compiled.codes.get(a));
        case Action.Stop() -> builder.stop(rule.id());
        case Action.Tag _, Action.Alert _ -> {
          // Done once per request, not at every position.
        }
      }
    }
  }
}
