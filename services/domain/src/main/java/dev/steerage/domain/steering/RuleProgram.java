package dev.steerage.domain.steering;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Conditions;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.text.TextPattern;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/// The rules that match one request at one revision. Made when a request starts and when the
/// revision changes; used by one thread, the request's.
public final class RuleProgram {
  private static final int CACHED_PLANS = 256;
  private static final Comparator<CompiledRule> ORDER =
      Comparator.comparing((CompiledRule compiled) -> compiled.rule, RuleBook.ORDER)
          .thenComparing(compiled -> compiled.inline);

  private final long revision;
  private final RuleBook book;
  private final ModelShape model;
  private final CompiledRule[] rules;
  private final List<String> unresolved;
  private final Watches watches;
  private final List<TextPattern> patterns;
  private final Triggers triggers;
  private final int[] timed;
  private final Map<ActiveRules, InterventionPlan> plans = new HashMap<>();

  private RuleProgram(
      RuleBook book,
      ModelShape model,
      CompiledRule[] rules,
      CheckCompiler checks,
      List<String> unresolved) {
    this.revision = book.revision();
    this.book = book;
    this.model = model;
    this.rules = rules;
    this.unresolved = List.copyOf(unresolved);
    this.watches = checks.watches();
    this.patterns = checks.patterns();
    this.timed =
        IntStream.range(0, rules.length)
            .filter(i -> rules[i].rule.until().timeMs().isPresent())
            .toArray();
    this.triggers = new Triggers(rules, patterns.size(), watches.size());
  }

  /// The rules of `book` and `inline` that match the request.
  ///
  /// @param inline rules of this request only: of its prompt, then of commands
  public static RuleProgram compile(
      RuleBook book, List<Rule> inline, RequestFacts facts, ModelShape model) {
    List<CompiledRule> matching = new ArrayList<>();
    List<String> unresolved = new ArrayList<>();
    CheckCompiler checks = new CheckCompiler(model);
    for (boolean isInline : new boolean[] {false, true}) {
      for (Rule rule : isInline ? inline : book.rules(model.model())) {
        boolean isMatch =
            isInline ? Share.matches(rule, facts) : Share.matchesStanding(rule, facts);
        if (!rule.model().equals(model.model()) || !isMatch) {
          continue;
        }
        if (Conditions.selections(rule).allMatch(named -> codes(named, book, rule).isPresent())) {
          matching.add(compile(rule, isInline, book, checks));
        } else {
          unresolved.add(rule.id());
        }
      }
    }
    matching.sort(ORDER);
    return new RuleProgram(book, model, matching.toArray(new CompiledRule[0]), checks, unresolved);
  }

  private static CompiledRule compile(
      Rule rule, boolean isInline, RuleBook book, CheckCompiler checks) {
    Function<CodeSelection, List<Code>> codes = named -> codes(named, book, rule).orElseThrow();
    return new CompiledRule(
        rule,
        isInline,
        checks.compile(rule.when().condition(), codes),
        rule.until().condition().map(end -> checks.compile(end, codes)).orElse(null));
  }

  private static Optional<List<Code>> codes(CodeSelection selection, RuleBook book, Rule rule) {
    return switch (selection) {
      case CodeSelection.Codes codes -> Optional.of(codes.codes());
      case CodeSelection.Concept concept -> book.concept(rule.model(), concept.name());
    };
  }

  /// The revision in force.
  public long revision() {
    return revision;
  }

  /// How many rules match the request.
  public int size() {
    return rules.length;
  }

  /// The rules that match, in the order in which they are applied.
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
    return unresolved;
  }

  /// Whether a condition looks at codes that fired at earlier positions.
  public boolean needsHistory() {
    return watches.size() > 0;
  }

  /// Rules that end at a time; whether it is over is decided by whoever has a clock, and recorded.
  public int[] timed() {
    return timed;
  }

  Watches watches() {
    return watches;
  }

  List<TextPattern> patterns() {
    return patterns;
  }

  Triggers triggers() {
    return triggers;
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
      Rule rule = rules[i].rule;
      if (rule.shadow()) {
        PlanBuilder alone = new PlanBuilder(model);
        add(rule, alone);
        builder.shadow(new Shadow(rule.id(), alone.build()));
      } else {
        add(rule, builder);
      }
    }
    return builder.build();
  }

  private void add(Rule rule, PlanBuilder builder) {
    for (Action action : rule.actions()) {
      switch (action) {
        case Action.Intervention intervention ->
            builder.add(
                rule.id(), intervention, codes(intervention.codes(), book, rule).orElseThrow());
        case Action.Stop() -> builder.stop(rule.id());
        case Action.Tag _, Action.Alert _ -> {
          // Done once per request, not at every position.
        }
      }
    }
  }
}
