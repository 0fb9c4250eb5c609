package dev.steerage.domain.steering;

import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The rules of one request at one revision. Made when a request starts and when the revision
/// changes; used by one thread, the request's.
///
/// It consists of parts, most of which it shares with other requests ([RulePrograms]). Its rules
/// are counted part by part; [#compare] says in which order they are applied. Rules that act on a
/// share of requests are counted even where this request is not in it, and rules of a part that are
/// gone at this revision; neither ever acts.
public final class RuleProgram {
  private static final int CACHED_PLANS = 1_024;
  private static final int[] NOBODY = {};

  private final long revision;
  private final ModelShape model;
  private final RulePart[] parts;

  /// By part: rules that are gone at this revision, or null.
  private final ActiveRules[] gone;

  /// By part: rules that do not act on this request, or null.
  private final ActiveRules[] left;

  /// By part: the index of its first rule; one more for the end.
  private final int[] starts;

  private final RulePart own;
  private final int[] timed;
  private final boolean needsHistory;
  private final Map<ActiveRules, InterventionPlan> plans;

  /// @param own what no other request has
  /// @param beforeOrNull of the same request
  RuleProgram(
      long revision,
      List<RuleView> views,
      RulePart own,
      RequestFacts facts,
      ModelShape model,
      RuleProgram beforeOrNull) {
    this.revision = revision;
    this.model = model;
    this.own = own;
    List<RulePart> all = new ArrayList<>();
    List<ActiveRules> absent = new ArrayList<>();
    for (RuleView view : views) {
      all.add(view.base);
      absent.add(view.gone);
      if (view.added != null) {
        all.add(view.added);
        absent.add(null);
      }
    }
    parts = all.toArray(new RulePart[0]);
    gone = absent.toArray(new ActiveRules[0]);
    left = new ActiveRules[parts.length];
    starts = new int[parts.length + 1];
    byte[] member = facts.drawnBy().getBytes(StandardCharsets.UTF_8);
    for (int part = 0; part < parts.length; part++) {
      starts[part + 1] = starts[part] + parts[part].size();
      int before = beforeOrNull == null ? -1 : beforeOrNull.indexOf(parts[part]);
      left[part] = before < 0 ? parts[part].notDrawn(member) : beforeOrNull.left[before];
    }
    plans = views.size() == 1 ? views.getFirst().plans : new HashMap<>();
    needsHistory = looks();
    timed = findTimed();
  }

  private boolean looks() {
    for (int part = 0; part < parts.length; part++) {
      for (int index : parts[part].looking) {
        if (acts(part, index)) {
          return true;
        }
      }
    }
    return false;
  }

  private int[] findTimed() {
    int size = 0;
    int[] found = NOBODY;
    for (int part = 0; part < parts.length; part++) {
      for (int index : parts[part].timed) {
        if (acts(part, index)) {
          found = size == found.length ? Arrays.copyOf(found, Math.max(8, 2 * size)) : found;
          found[size++] = place(part, index);
        }
      }
    }
    return size == found.length ? found : Arrays.copyOf(found, size);
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
    return new RuleProgram(book.revision(), List.of(new RuleView(part)), part, facts, model, null);
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
    return starts[parts.length];
  }

  /// A rule.
  public Rule rule(int index) {
    return compiled(index).rule;
  }

  /// Whether a rule came with the prompt or a command.
  public boolean isInline(int index) {
    return compiled(index).inline;
  }

  /// In which order two rules are applied: less than 0 if the first comes first.
  public int compare(int one, int other) {
    return RulePart.ORDER.compare(compiled(one), compiled(other));
  }

  /// Ids of matching rules that name a concept which does not exist at this revision; they do not
  /// act. Only inline rules can be among them: the log refuses such rules.
  public List<String> unresolved() {
    return Arrays.stream(parts).flatMap(part -> part.unresolved.stream()).toList();
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

  /// Where a part is among all, or -1.
  int indexOf(RulePart part) {
    for (int i = 0; i < parts.length; i++) {
      if (parts[i] == part) {
        return i;
      }
    }
    return -1;
  }

  /// The part that no other request has.
  RulePart own() {
    return own;
  }

  /// Rules of a part that are gone at this revision, or null.
  ActiveRules gone(int part) {
    return gone[part];
  }

  /// Whether a rule of a part acts on this request at all.
  boolean acts(int part, int index) {
    return (left[part] == null || !left[part].contains(index)) && !isGone(part, index);
  }

  private boolean isGone(int part, int index) {
    return gone[part] != null && gone[part].contains(index);
  }

  /// Where a rule of a part is among all.
  int place(int part, int index) {
    return starts[part] + index;
  }

  /// The rule with this [CompiledRule#key], or -1.
  int find(String key) {
    for (int part = 0; part < parts.length; part++) {
      int found = parts[part].find(key);
      if (found >= 0 && !isGone(part, found)) {
        return place(part, found);
      }
    }
    return -1;
  }

  CompiledRule compiled(int index) {
    int part = 0;
    while (index >= starts[part + 1]) {
      part++;
    }
    return parts[part].rules[index - starts[part]];
  }

  /// The indexes of a set, in the order in which rules are applied.
  int[] inOrder(ActiveRules set) {
    int size = 0;
    for (int i = set.next(0); i >= 0; i = set.next(i + 1)) {
      size++;
    }
    Integer[] indexes = new Integer[size];
    int at = 0;
    for (int i = set.next(0); i >= 0; i = set.next(i + 1)) {
      indexes[at++] = i;
    }
    if (parts.length > 1) {
      Arrays.sort(indexes, this::compare);
    }
    return Arrays.stream(indexes).mapToInt(Integer::intValue).toArray();
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
    for (int i : inOrder(active)) {
      CompiledRule compiled = compiled(i);
      if (compiled.rule.shadow()) {
        PlanBuilder alone = new PlanBuilder(model);
        add(compiled, alone);
        builder.shadow(new Shadow(compiled.rule.id(), alone.build()));
      } else {
        add(compiled, builder);
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
