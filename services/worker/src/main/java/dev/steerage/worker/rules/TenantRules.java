package dev.steerage.worker.rules;

import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.domain.rule.RuleQuota;
import dev.steerage.domain.rule.RuleValidation;
import dev.steerage.domain.steering.RulePrograms;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.RuleAck;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// One tenant's rule log as the workers of one model see it: the newest book, and any earlier one.
///
/// Written by the rule thread; the newest book may be read by any thread without waiting.
public final class TenantRules {
  /// A whole book is kept for every so many records; those between are replayed.
  private static final int STRIDE = 64;

  private static final int RECENT = 16;

  private final ModelShape model;
  private final Supplier<RuleQuota> quota;
  private final List<Entry> entries = new ArrayList<>();
  private final List<RuleBook> strides = new ArrayList<>();
  private final Map<Long, RuleBook> recent = new LinkedHashMap<>();
  private final Map<String, List<Long>> puts = new HashMap<>();
  private final RulePrograms programs;

  // Written by the rule thread.
  private volatile RuleBook newest = RuleBook.empty();
  private volatile Map<String, String> topicIds = Map.of();

  /// A tenant whose rules are not limited by a quota.
  public TenantRules(ModelShape model) {
    this(model, () -> RuleQuota.NONE);
  }

  /// @param quota of the tenant, as it is known when a record is read
  public TenantRules(ModelShape model, Supplier<RuleQuota> quota) {
    this.model = model;
    this.quota = quota;
    programs = new RulePrograms(model);
  }

  /// Compiles the rules for requests; decode thread only.
  RulePrograms programs() {
    return programs;
  }

  /// One record of the log and what became of it here.
  ///
  /// @param subject the rule or concept it is about; the record's key if it cannot be read
  /// @param models those the change is about; empty: nobody knows
  /// @param applied the change, if this worker took it
  public record Entry(
      long offset,
      String subject,
      RuleAck.SubjectKind subjectKind,
      List<String> models,
      Optional<RuleChange> applied,
      Optional<Refused> refused,
      boolean isReadable) {
    public Entry {
      models = List.copyOf(models);
    }
  }

  /// Takes the record at an offset, or refuses it as a whole; either way it is the newest revision.
  ///
  /// @param timeMs when the broker took it
  public Entry append(long offset, long timeMs, String key, Decoded<RuleChange> record) {
    Entry entry =
        switch (record) {
          case Decoded.Bad<RuleChange> bad ->
              new Entry(
                  offset,
                  key.isEmpty() ? "0-" + offset : key,
                  RuleAck.SubjectKind.RULE,
                  List.of(),
                  Optional.empty(),
                  Optional.of(new Refused(bad.refusal(), bad.detail())),
                  false);
          case Decoded.Ok<RuleChange> ok -> judge(offset, timeMs, ok.get());
        };
    // Nobody else writes it, and requests that ask for an earlier book do not wait for the copy.
    RuleBook after = next(newest, entry);
    synchronized (this) {
      if (entries.size() % STRIDE == 0) {
        strides.add(newest);
      }
      entries.add(entry);
      if (entry.applied().filter(RuleChange.RulePut.class::isInstance).isPresent()) {
        puts.computeIfAbsent(entry.subject(), _ -> new ArrayList<>()).add(offset);
      }
      newest = after;
    }
    return entry;
  }

  private Entry judge(long offset, long timeMs, RuleChange change) {
    List<RuleProblem> problems =
        RuleValidation.check(newest, change, model, quota.get().at(timeMs));
    Subject subject =
        switch (change) {
          case RuleChange.RulePut put -> Subject.rule(put.rule().id(), List.of(put.rule().model()));
          case RuleChange.RuleRemoved gone ->
              Subject.rule(gone.rule(), newest.modelsOfRule(gone.rule()));
          case RuleChange.ConceptPut put -> Subject.concept(put.concept(), List.of(put.model()));
          case RuleChange.ConceptRemoved gone ->
              Subject.concept(gone.concept(), newest.modelsOfConcept(gone.concept()));
          case RuleChange.MonitorPut put ->
              Subject.monitor(put.monitor().id(), List.of(put.monitor().model()));
          case RuleChange.MonitorRemoved gone ->
              Subject.monitor(gone.monitor(), newest.modelsOfMonitor(gone.monitor()));
        };
    return new Entry(
        offset,
        subject.name(),
        subject.kind(),
        subject.models(),
        problems.isEmpty() ? Optional.of(change) : Optional.empty(),
        problems.isEmpty() ? Optional.empty() : Optional.of(Refused.of(problems)),
        true);
  }

  /// What a change is about.
  private record Subject(String name, RuleAck.SubjectKind kind, List<String> models) {
    static Subject rule(String id, List<String> models) {
      return new Subject(id, RuleAck.SubjectKind.RULE, models);
    }

    static Subject concept(String name, List<String> models) {
      return new Subject(name, RuleAck.SubjectKind.CONCEPT, models);
    }

    static Subject monitor(String id, List<String> models) {
      return new Subject(id, RuleAck.SubjectKind.MONITOR, models);
    }
  }

  private static RuleBook next(RuleBook book, Entry entry) {
    return entry
        .applied()
        .map(change -> book.apply(entry.offset(), change))
        .orElseGet(() -> book.skip(entry.offset()));
  }

  /// The book in force for the next forward.
  public RuleBook newest() {
    return newest;
  }

  /// Offset of the last record seen; -1: none.
  public long revision() {
    return newest.revision();
  }

  /// The book as it was at a revision.
  ///
  /// @throws IllegalArgumentException if that revision has not come yet
  public synchronized RuleBook bookAt(long revision) {
    if (revision == newest.revision()) {
      return newest;
    }
    if (revision > newest.revision()) {
      throw new IllegalArgumentException("revision=" + revision + ", newest=" + newest.revision());
    }
    RuleBook known = recent.get(revision);
    if (known == null) {
      known = replay(revision);
      if (recent.size() == RECENT) {
        recent.remove(recent.keySet().iterator().next());
      }
      recent.put(revision, known);
    }
    return known;
  }

  private RuleBook replay(long revision) {
    int stride = 0;
    while (stride + 1 < strides.size() && strides.get(stride + 1).revision() <= revision) {
      stride++;
    }
    // The first stride is the empty book, and it is there: some revision is newer than this one.
    RuleBook book = strides.get(stride);
    for (int i = stride * STRIDE; i < entries.size(); i++) {
      if (entries.get(i).offset() > revision) {
        break;
      }
      book = next(book, entries.get(i));
    }
    return book;
  }

  /// Offset of the record that put a rule which is in force at a revision; -1: none did.
  public synchronized long offsetOf(String rule, long revision) {
    List<Long> offsets = puts.getOrDefault(rule, List.of());
    int at = Collections.binarySearch(offsets, revision);
    int last = at >= 0 ? at : -at - 2;
    return last < 0 ? RuleBook.NO_REVISION : offsets.get(last);
  }

  /// What became of the records from an offset on.
  public synchronized List<Entry> entriesFrom(long offset) {
    int from = entries.size();
    while (from > 0 && entries.get(from - 1).offset() >= offset) {
      from--;
    }
    return List.copyOf(entries.subList(from, entries.size()));
  }

  /// The rule log's topic id by topic name: with a revision it names one record for ever.
  public Map<String, String> topicIds() {
    return topicIds;
  }

  public void topicIds(Map<String, String> found) {
    topicIds = Map.copyOf(found);
  }

  /// The refusal of a rule for a model that nobody serves.
  public static Refused unknownModel(List<String> models) {
    return new Refused(
        Refusal.UNKNOWN_MODEL, "no worker serves the model " + String.join(", ", models));
  }
}
