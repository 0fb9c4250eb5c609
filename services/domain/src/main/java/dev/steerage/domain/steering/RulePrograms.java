package dev.steerage.domain.steering;

import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Conditions;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleLimits;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Makes the programs of one tenant's requests of one model: a rule is compiled once for all
/// requests that it is meant for, and again only when it changes, or when so many changed since
/// that they are compiled together anew.
///
/// Three parts make a program: the rules of every request; those of requests with the same labels;
/// and those of this session, this request and its commands, which nobody else has. The first two
/// are kept. Gives what [RuleProgram#compile] gives. Belongs to one thread, that of the requests.
public final class RulePrograms {
  /// Revisions that requests are at, at about the same time.
  private static final int REVISIONS = 4;

  /// Rules that are kept compiled; what was asked for longest ago goes first.
  private static final int RULES = 4 * RuleLimits.RULES;

  /// Changes since rules were compiled together, up to which they are not compiled anew: at least,
  /// at most, and as a part of the rules.
  private static final int CHANGES_LEAST = 2;

  private static final int CHANGES_MOST = 256;
  private static final int CHANGES_PART = 4;

  private final ModelShape model;
  private final Map<Long, RuleIndex> indexes = new LinkedHashMap<>();
  private final Map<Family, Compiled> families = new LinkedHashMap<>(16, 0.75f, true);
  private final RulePart nothing;
  private RuleIndex newest;
  private long compiled;
  private int kept;

  public RulePrograms(ModelShape model) {
    this.model = model;
    nothing = RulePart.compile(List.of(), List.of(), RuleBook.empty(), model);
  }

  /// Requests that share rules: those with all labels that some rules ask for; without any, all.
  private record Family(boolean byLabels, Map<String, String> labels, boolean standing) {}

  /// The rules of a family, compiled, and how they are at some revisions.
  private static final class Compiled {
    private final Map<Seen, RuleView> views = new LinkedHashMap<>();
    private RulePart base;
    private RuleBook book;
  }

  /// A list of an index, which is the same object as long as no rule in it changes, with the
  /// concepts of its book.
  private record Seen(List<Rule> rules, Object concepts) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Seen seen && rules == seen.rules && concepts == seen.concepts;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(rules) + 31 * System.identityHashCode(concepts);
    }
  }

  /// The rules of `book` and `inline` that match the request.
  ///
  /// @param inline rules of this request only: of its prompt, then of commands
  public RuleProgram program(RuleBook book, List<Rule> inline, RequestFacts facts) {
    return program(book, inline, facts, null);
  }

  /// The same, sharing what it can with the program that the request had before.
  ///
  /// @param beforeOrNull made here for the same request
  public RuleProgram program(
      RuleBook book, List<Rule> inline, RequestFacts facts, RuleProgram beforeOrNull) {
    RuleIndex index = index(book);
    List<RuleView> found = new ArrayList<>();
    boolean standing = facts.standingRules();
    addShared(index.ofAll(facts), new Family(false, Map.of(), standing), book, found);
    RuleIndex.Labelled labelled = index.ofLabels(facts);
    addShared(labelled.rules(), new Family(true, labelled.labels(), standing), book, found);
    List<Rule> own = index.ofOne(facts);
    List<Rule> ownInline = RuleProgram.matching(inline, facts, model);
    RulePart ownPart =
        own.isEmpty() && ownInline.isEmpty() ? nothing : own(own, ownInline, book, beforeOrNull);
    if (ownPart != nothing || found.isEmpty()) {
      found.add(new RuleView(ownPart));
    }
    return new RuleProgram(book.revision(), found, ownPart, facts, model, beforeOrNull);
  }

  private RulePart own(List<Rule> own, List<Rule> inline, RuleBook book, RuleProgram beforeOrNull) {
    return beforeOrNull != null && beforeOrNull.own().isOf(own, inline, book)
        ? beforeOrNull.own()
        : RulePart.compile(own, inline, book, model);
  }

  /// Rules compiled so far that are shared: grows by what changes, not by the number of requests.
  public long compiled() {
    return compiled;
  }

  private RuleIndex index(RuleBook book) {
    RuleIndex known = indexes.get(book.revision());
    if (known == null || known.book() != book) {
      if (indexes.size() == REVISIONS) {
        indexes.remove(indexes.keySet().iterator().next());
      }
      known = newest == null ? new RuleIndex(book, model.model()) : newest.of(book, model.model());
      newest = known;
      indexes.put(book.revision(), known);
    }
    return known;
  }

  private void addShared(List<Rule> rules, Family family, RuleBook book, List<RuleView> found) {
    if (rules.isEmpty()) {
      return;
    }
    Compiled known = families.computeIfAbsent(family, _ -> new Compiled());
    Seen seen = new Seen(rules, book.conceptsMark());
    RuleView view = known.views.get(seen);
    if (view == null) {
      if (known.views.size() == REVISIONS) {
        known.views.remove(known.views.keySet().iterator().next());
      }
      view = view(known, rules, book);
      known.views.put(seen, view);
      bound();
    }
    found.add(view);
  }

  private RuleView view(Compiled known, List<Rule> rules, RuleBook book) {
    if (known.base != null && known.base.unresolved.isEmpty()) {
      int part = known.base.size() / CHANGES_PART;
      RuleDifference difference =
          RuleDifference.between(
              known.base.fromBook(),
              rules,
              Math.max(CHANGES_LEAST, Math.min(CHANGES_MOST, part)),
              isChanged(known.book, book));
      if (!difference.isTooLarge()) {
        return new RuleView(
            known.base,
            difference.gone(),
            difference.added().isEmpty() ? null : compile(difference.added(), book));
      }
    }
    kept -= known.base == null ? 0 : known.base.size();
    known.base = compile(rules, book);
    known.book = book;
    kept += known.base.size();
    return new RuleView(known.base);
  }

  /// Whether a rule names a concept that means something else in another book.
  private static Predicate<Rule> isChanged(RuleBook before, RuleBook after) {
    if (before.conceptsMark() == after.conceptsMark()) {
      return _ -> false;
    }
    return rule ->
        Conditions.selections(rule)
            .anyMatch(
                selection ->
                    selection instanceof CodeSelection.Concept concept
                        && !before
                            .concept(rule.model(), concept.name())
                            .equals(after.concept(rule.model(), concept.name())));
  }

  private RulePart compile(List<Rule> rules, RuleBook book) {
    RulePart part = RulePart.compile(rules, List.of(), book, model);
    compiled += part.size();
    return part;
  }

  private void bound() {
    Iterator<Compiled> oldest = families.values().iterator();
    while (kept > RULES && families.size() > 1) {
      kept -= oldest.next().base.size();
      oldest.remove();
    }
  }
}
