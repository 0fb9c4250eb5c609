package dev.steerage.domain.steering;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.When;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
  private final boolean needsHistory;
  private final Map<ActiveRules, InterventionPlan> plans = new HashMap<>();

  private RuleProgram(
      RuleBook book, ModelShape model, CompiledRule[] rules, List<String> unresolved) {
    this.revision = book.revision();
    this.book = book;
    this.model = model;
    this.rules = rules;
    this.unresolved = List.copyOf(unresolved);
    this.needsHistory = Arrays.stream(rules).anyMatch(rule -> rule.within > 0);
  }

  /// The rules of `book` and `inline` that match the request.
  ///
  /// @param inline rules of this request only: of its prompt, then of commands
  public static RuleProgram compile(
      RuleBook book, List<Rule> inline, RequestFacts facts, ModelShape model) {
    List<CompiledRule> matching = new ArrayList<>();
    List<String> unresolved = new ArrayList<>();
    for (Rule rule : book.rules(model.model())) {
      add(rule, false, book, facts, model, matching, unresolved);
    }
    for (Rule rule : inline) {
      add(rule, true, book, facts, model, matching, unresolved);
    }
    matching.sort(ORDER);
    return new RuleProgram(book, model, matching.toArray(new CompiledRule[0]), unresolved);
  }

  private static void add(
      Rule rule,
      boolean inline,
      RuleBook book,
      RequestFacts facts,
      ModelShape model,
      List<CompiledRule> matching,
      List<String> unresolved) {
    if (!rule.model().equals(model.model()) || !Share.matches(rule, facts)) {
      return;
    }
    boolean resolved =
        rule.actions().stream().allMatch(action -> codes(action.codes(), book, rule).isPresent());
    Optional<List<Code>> fired =
        rule.when()
            .fired()
            .map(When.Fired::codes)
            .map(selection -> codes(selection, book, rule))
            .orElse(Optional.of(List.of()));
    if (resolved && fired.isPresent()) {
      matching.add(new CompiledRule(rule, inline, model, fired.get()));
    } else {
      unresolved.add(rule.id());
    }
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
    return needsHistory;
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
    for (int i = 0; i < rules.length; i++) {
      if (active.contains(i)) {
        Rule rule = rules[i].rule;
        for (Action action : rule.actions()) {
          builder.add(rule.id(), action, codes(action.codes(), book, rule).orElseThrow());
        }
      }
    }
    return builder.build();
  }
}
