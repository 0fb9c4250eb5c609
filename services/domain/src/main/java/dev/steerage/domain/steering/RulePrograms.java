package dev.steerage.domain.steering;

import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleLimits;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes the programs of one tenant's requests of one model: a rule is compiled once for all
/// requests that it is meant for, and again only when a rule beside it changes.
///
/// Three parts make a program: the rules of every request; those of requests with the same labels;
/// and those of this session, this request and its commands, which nobody else has. The first two
/// are kept. Gives what [RuleProgram#compile] gives. Belongs to one thread, that of the requests.
public final class RulePrograms {
  /// Revisions that requests are at, at about the same time.
  private static final int INDEXES = 4;

  /// Rules that are kept compiled; what was asked for longest ago goes first.
  private static final int RULES = 4 * RuleLimits.RULES;

  private final ModelShape model;
  private final Map<Long, RuleIndex> indexes = new LinkedHashMap<>();
  private final Map<Key, RulePart> parts = new LinkedHashMap<>(16, 0.75f, true);
  private long compiled;
  private int kept;

  public RulePrograms(ModelShape model) {
    this.model = model;
  }

  /// The same rules in the same order, with concepts that mean the same.
  private record Key(List<Rule> rules, int hash, Object concepts) {
    static Key of(List<Rule> rules, RuleBook book) {
      int hash = 1;
      for (Rule rule : rules) {
        hash = 31 * hash + System.identityHashCode(rule);
      }
      return new Key(rules, hash, book.conceptsMark());
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key
          && hash == key.hash
          && isSame(rules, key.rules)
          && concepts == key.concepts;
    }

    /// A rule that was put again is another one: comparing what they say would take longer.
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

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /// The rules of `book` and `inline` that match the request.
  ///
  /// @param inline rules of this request only: of its prompt, then of commands
  public RuleProgram program(RuleBook book, List<Rule> inline, RequestFacts facts) {
    RuleIndex index = index(book);
    List<RulePart> found = new ArrayList<>();
    addShared(index.ofAll(facts), book, found);
    addShared(index.ofLabels(facts), book, found);
    List<Rule> own = index.ofOne(facts);
    List<Rule> ownInline = RuleProgram.matching(inline, facts, model);
    if (!own.isEmpty() || !ownInline.isEmpty() || found.isEmpty()) {
      found.add(RulePart.compile(own, ownInline, book, model));
    }
    return new RuleProgram(book.revision(), found, facts, model);
  }

  /// Rules compiled so far that are shared: grows by what changes, not by the number of requests.
  public long compiled() {
    return compiled;
  }

  private RuleIndex index(RuleBook book) {
    RuleIndex known = indexes.get(book.revision());
    if (known == null || known.book() != book) {
      if (indexes.size() == INDEXES) {
        indexes.remove(indexes.keySet().iterator().next());
      }
      known = new RuleIndex(book, model.model());
      indexes.put(book.revision(), known);
    }
    return known;
  }

  private void addShared(List<Rule> rules, RuleBook book, List<RulePart> found) {
    if (rules.isEmpty()) {
      return;
    }
    Key key = Key.of(rules, book);
    RulePart part = parts.get(key);
    if (part == null) {
      part = RulePart.compile(rules, List.of(), book, model);
      compiled += part.size();
      parts.put(key, part);
      kept += part.size();
      Iterator<RulePart> oldest = parts.values().iterator();
      while (kept > RULES && parts.size() > 1) {
        kept -= oldest.next().size();
        oldest.remove();
      }
    }
    found.add(part);
  }
}
