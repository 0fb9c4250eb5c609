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

/// Rules that were compiled together: those of every request, of the requests with some labels, or
/// of one request. Immutable but for the plans that it remembers, and so shared by all requests of
/// a thread.
final class RulePart {
  /// The order in which rules are applied.
  static final Comparator<CompiledRule> ORDER =
      Comparator.comparing((CompiledRule compiled) -> compiled.rule, RuleBook.ORDER)
          .thenComparing(compiled -> compiled.inline);

  final CompiledRule[] rules;
  final Watches watches;
  final List<TextPattern> patterns;
  final Triggers triggers;

  /// Rules that name a concept which does not exist.
  final List<String> unresolved;

  /// What a program of this part alone does, by the rules that act.
  final Map<ActiveRules, InterventionPlan> plans = new HashMap<>();

  /// Whether two rules have the same key: a request may bring such.
  final boolean hasNamesakes;

  /// Rules with a condition on codes that fired earlier; rules that end at a time.
  final int[] looking;

  final int[] timed;

  // Of the rules that act on a share of requests: which they are, and what is drawn by.
  private final int[] drawn;
  private final long[] seeds;
  private final long[] limits;
  private final Map<String, Integer> byKey = new HashMap<>();

  // What it was made of.
  private final List<Rule> fromBook;
  private final List<Rule> inline;
  private final Object concepts;

  private RulePart(
      CompiledRule[] rules,
      CheckCompiler checks,
      List<String> unresolved,
      List<Rule> fromBook,
      List<Rule> inline,
      Object concepts) {
    this.rules = rules;
    this.unresolved = List.copyOf(unresolved);
    this.fromBook = fromBook;
    this.inline = inline;
    this.concepts = concepts;
    watches = checks.watches();
    patterns = checks.patterns();
    triggers = new Triggers(rules, patterns.size(), watches.size());
    List<Integer> shared = new ArrayList<>();
    boolean namesakes = false;
    for (int i = 0; i < rules.length; i++) {
      namesakes |= byKey.put(rules[i].key(), i) != null;
      if (rules[i].rule.match().percent() < 100) {
        shared.add(i);
      }
    }
    hasNamesakes = namesakes;
    looking = IntStream.range(0, rules.length).filter(i -> rules[i].looksBack).toArray();
    timed =
        IntStream.range(0, rules.length)
            .filter(i -> rules[i].rule.until().timeMs().isPresent())
            .toArray();
    drawn = shared.stream().mapToInt(Integer::intValue).toArray();
    seeds = shared.stream().mapToLong(i -> Share.seed(rules[i].rule.id())).toArray();
    limits = shared.stream().mapToLong(i -> Share.limit(rules[i].rule)).toArray();
  }

  /// @param fromBook rules of the log, in [RuleBook#ORDER]; never changed from now on
  /// @param inline rules of one request; never changed from now on
  static RulePart compile(List<Rule> fromBook, List<Rule> inline, RuleBook book, ModelShape model) {
    List<CompiledRule> compiled = new ArrayList<>(fromBook.size() + inline.size());
    List<String> unresolved = new ArrayList<>();
    CheckCompiler checks = new CheckCompiler(model);
    for (int i = 0; i < fromBook.size() + inline.size(); i++) {
      boolean isInline = i >= fromBook.size();
      Rule rule = isInline ? inline.get(i - fromBook.size()) : fromBook.get(i);
      if (Conditions.selections(rule).allMatch(named -> codes(named, book, rule).isPresent())) {
        compiled.add(compile(rule, isInline, book, checks));
      } else {
        unresolved.add(rule.id());
      }
    }
    compiled.sort(ORDER);
    return new RulePart(
        compiled.toArray(new CompiledRule[0]),
        checks,
        unresolved,
        fromBook,
        inline,
        book.conceptsMark());
  }

  private static CompiledRule compile(
      Rule rule, boolean isInline, RuleBook book, CheckCompiler checks) {
    Function<CodeSelection, List<Code>> codes = named -> codes(named, book, rule).orElseThrow();
    int looks = checks.looks();
    Check when = checks.compile(rule.when().condition(), codes);
    Check until = rule.until().condition().map(end -> checks.compile(end, codes)).orElse(null);
    List<List<Code>> ofActions = new ArrayList<>();
    for (Action action : rule.actions()) {
      ofActions.add(
          action instanceof Action.Intervention named ? codes.apply(named.codes()) : List.of());
    }
    return new CompiledRule(rule, isInline, when, until, checks.looks() > looks, ofActions);
  }

  private static Optional<List<Code>> codes(CodeSelection selection, RuleBook book, Rule rule) {
    return switch (selection) {
      case CodeSelection.Codes codes -> Optional.of(codes.codes());
      case CodeSelection.Concept concept -> book.concept(rule.model(), concept.name());
    };
  }

  int size() {
    return rules.length;
  }

  /// The rules of the log that it was made of: where all are resolved, and none is inline, in the
  /// order of [#rules].
  List<Rule> fromBook() {
    return fromBook;
  }

  /// Whether it was made of these very rules, with concepts that mean the same.
  boolean isOf(List<Rule> standing, List<Rule> own, RuleBook book) {
    return concepts == book.conceptsMark() && isSame(fromBook, standing) && isSame(inline, own);
  }

  private static boolean isSame(List<Rule> left, List<Rule> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (left.get(i) != right.get(i)) {
        return false;
      }
    }
    return true;
  }

  /// The rule with this [CompiledRule#key], or -1.
  int find(String key) {
    return byKey.getOrDefault(key, -1);
  }

  /// The rules that act on a share of requests which this one is not in; null: there are none.
  ActiveRules notDrawn(byte[] member) {
    ActiveRules left = null;
    for (int i = 0; i < drawn.length; i++) {
      if (Share.draw(seeds[i], member) >= limits[i]) {
        left = left == null ? new ActiveRules(rules.length) : left;
        left.add(drawn[i]);
      }
    }
    return left;
  }
}
