package dev.steerage.gateway.state;

import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.domain.rule.RuleQuota;
import dev.steerage.domain.rule.RuleValidation;
import dev.steerage.gateway.event.LogRecord;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/// A tenant's rule log, judged for each model as that model's workers judge it: the same code on
/// the same records. Thread-safe.
public final class RuleLog {
  private final Models models;
  private final Supplier<RuleQuota> quota;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, Judged> judged = new TreeMap<>();

  /// @param quota of the tenant, as far as it is known
  public RuleLog(Models models, Supplier<RuleQuota> quota) {
    this.models = models;
    this.quota = quota;
  }

  /// One record of the log.
  ///
  /// @param key of the record
  /// @param change empty: it cannot be read
  public record Entry(long revision, long atMs, String key, Optional<RuleChange> change) {}

  /// A rule in force.
  public record InForce(Rule rule, Entry entry) {}

  /// The log as the workers of one model see it.
  private static final class Judged {
    private final ModelShape shape;
    private final RuleQuota quota;
    private final BitSet applied = new BitSet();
    private RuleBook book = RuleBook.empty();
    private int seen;

    private Judged(ModelShape shape, RuleQuota quota) {
      this.shape = shape;
      this.quota = quota;
    }

    private void catchUp(List<Entry> entries) {
      for (; seen < entries.size(); seen++) {
        Entry entry = entries.get(seen);
        boolean fits =
            entry.change().isPresent()
                && RuleValidation.check(book, entry.change().get(), shape, quota.at(entry.atMs()))
                    .isEmpty();
        applied.set(seen, fits);
        book =
            fits ? book.apply(entry.revision(), entry.change().get()) : book.skip(entry.revision());
      }
    }
  }

  /// Hears a record.
  public synchronized void observe(LogRecord<RuleChange> record) {
    entries.add(new Entry(record.offset(), record.timeMs(), record.key(), record.value()));
    notifyAll();
  }

  /// Offset of the newest record; -1: none.
  public synchronized long revision() {
    return entries.isEmpty() ? RuleBook.NO_REVISION : entries.getLast().revision();
  }

  private Judged of(Models.Announced model) {
    String name = model.card().model();
    Judged known = judged.get(name);
    RuleQuota now = quota.get();
    if (known == null || !known.shape.equals(model.shape()) || !known.quota.equals(now)) {
      known = new Judged(model.shape(), now);
      judged.put(name, known);
    }
    known.catchUp(entries);
    return known;
  }

  /// The newest book of a model.
  public synchronized RuleBook book(Models.Announced model) {
    return of(model).book;
  }

  /// What is wrong with a change at the newest revision.
  public synchronized List<RuleProblem> check(Models.Announced model, RuleChange change) {
    return RuleValidation.check(
        of(model).book, change, model.shape(), quota.get().at(System.currentTimeMillis()));
  }

  /// The rules of a model at a revision, in the order in which they act.
  public synchronized List<InForce> inForce(Models.Announced model, long revision) {
    Judged log = of(model);
    List<RuleChange> changes = new ArrayList<>();
    Map<String, Entry> puts = new TreeMap<>();
    for (int i = 0; i < entries.size() && entries.get(i).revision() <= revision; i++) {
      if (log.applied.get(i)) {
        RuleChange change = entries.get(i).change().orElseThrow();
        changes.add(change);
        if (change instanceof RuleChange.RulePut(Rule rule)
            && rule.model().equals(model.card().model())) {
          puts.put(rule.id(), entries.get(i));
        }
      }
    }
    return RuleBook.restore(revision, changes).rules(model.card().model()).stream()
        .map(rule -> new InForce(rule, puts.get(rule.id())))
        .toList();
  }

  /// The rules of all models at a revision.
  public List<InForce> inForce(long revision) {
    return models.all().stream().flatMap(model -> inForce(model, revision).stream()).toList();
  }

  /// The record that put a rule of a model which is in force now.
  public Optional<InForce> find(Models.Announced model, String rule) {
    return inForce(model, Long.MAX_VALUE).stream()
        .filter(found -> found.rule().id().equals(rule))
        .findFirst();
  }

  /// The record that last put a concept of a model and was taken.
  public synchronized Optional<Entry> concept(Models.Announced model, String concept) {
    Judged log = of(model);
    for (int i = entries.size() - 1; i >= 0; i--) {
      if (log.applied.get(i)
          && entries.get(i).change().orElseThrow() instanceof RuleChange.ConceptPut put
          && put.concept().equals(concept)
          && put.model().equals(model.card().model())) {
        return Optional.of(entries.get(i));
      }
    }
    return Optional.empty();
  }

  /// Records below a revision, newest first.
  ///
  /// @param subject rule or concept; empty: all
  public synchronized List<Entry> history(long before, Optional<String> subject, int most) {
    List<Entry> found = new ArrayList<>();
    for (int i = entries.size() - 1; i >= 0 && found.size() < most; i--) {
      Entry entry = entries.get(i);
      if (entry.revision() < before && subject.map(name -> isAbout(entry, name)).orElse(true)) {
        found.add(entry);
      }
    }
    return found;
  }

  private static boolean isAbout(Entry entry, String name) {
    return entry
        .change()
        .map(
            change ->
                switch (change) {
                  case RuleChange.RulePut(Rule rule) -> rule.id().equals(name);
                  case RuleChange.RuleRemoved(String rule, String _) -> rule.equals(name);
                  case RuleChange.ConceptPut put -> put.concept().equals(name);
                  case RuleChange.ConceptRemoved(String concept, String _) -> concept.equals(name);
                  case RuleChange.MonitorPut put -> put.monitor().id().equals(name);
                  case RuleChange.MonitorRemoved removed -> removed.monitor().equals(name);
                })
        .orElse(entry.key().equals(name));
  }

  /// Whether any model took a record.
  public synchronized boolean isTaken(Entry entry) {
    for (Models.Announced model : models.all()) {
      Judged log = of(model);
      int index = entries.indexOf(entry);
      if (index >= 0 && log.applied.get(index) && concerns(entry, model)) {
        return true;
      }
    }
    return false;
  }

  private static boolean concerns(Entry entry, Models.Announced model) {
    return switch (entry.change().orElseThrow()) {
      case RuleChange.RulePut(Rule rule) -> rule.model().equals(model.card().model());
      case RuleChange.ConceptPut put -> put.model().equals(model.card().model());
      case RuleChange.MonitorPut put -> put.monitor().model().equals(model.card().model());
      case RuleChange.RuleRemoved _, RuleChange.ConceptRemoved _, RuleChange.MonitorRemoved _ ->
          true;
    };
  }

  /// Waits until the record of a revision is here.
  public synchronized boolean awaitRevision(long revision, long limitMs)
      throws InterruptedException {
    long end = System.nanoTime() + limitMs * 1_000_000;
    while (revision() < revision) {
      long leftMs = (end - System.nanoTime()) / 1_000_000;
      if (leftMs <= 0) {
        return false;
      }
      wait(leftMs);
    }
    return true;
  }
}
