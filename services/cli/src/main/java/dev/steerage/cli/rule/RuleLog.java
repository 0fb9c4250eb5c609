package dev.steerage.cli.rule;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.Event;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Feed;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// Writes and reads one tenant's rules.
public final class RuleLog {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration READ_LIMIT = Duration.ofSeconds(30);

  private final EventLog log;
  private final TenantId tenant;

  public RuleLog(EventLog log, TenantId tenant) {
    this.log = log;
    this.tenant = tenant;
  }

  /// Writes a change and gives its revision.
  public long put(RuleChange change) {
    return revision(change, send(change));
  }

  /// Writes changes one after the other and gives the revision of each.
  public List<Long> putAll(List<? extends RuleChange> changes) {
    List<CompletableFuture<EventLog.Place>> sent = new ArrayList<>();
    changes.forEach(change -> sent.add(send(change)));
    List<Long> revisions = new ArrayList<>();
    for (int i = 0; i < sent.size(); i++) {
      revisions.add(revision(changes.get(i), sent.get(i)));
    }
    return revisions;
  }

  private CompletableFuture<EventLog.Place> send(RuleChange change) {
    return log.send(Topics.RULES.of(tenant), idOf(change), change);
  }

  private static long revision(RuleChange change, CompletableFuture<EventLog.Place> sent) {
    try {
      return sent.join().offset();
    } catch (CompletionException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "rule log not written: id=" + idOf(change) + ": " + e.getCause().getMessage(),
          e);
    }
  }

  /// Writes a change and waits until a worker has accepted or refused it.
  ///
  /// @throws CliException if no answer came in time; the change is in the log all the same
  public RuleAck putAndWait(RuleChange change, Duration limit) {
    try (Feed<RuleAck> acks = log.follow(Topics.RULE_ACKS.of(tenant), Feed.From.NOW)) {
      long revision = put(change);
      long deadline = System.nanoTime() + limit.toNanos();
      while (System.nanoTime() < deadline) {
        Optional<RuleAck> answer =
            acks.poll(POLL).stream()
                .flatMap(event -> event.value().value().stream())
                .filter(ack -> ack.revision() == revision && isAnswer(ack))
                .filter(ack -> ack.subjectKind() != RuleAck.SubjectKind.COMMAND)
                .findFirst();
        if (answer.isPresent()) {
          return answer.get();
        }
      }
      throw new CliException(
          ExitCode.TIMEOUT,
          "no acknowledgement: id="
              + idOf(change)
              + ", revision="
              + revision
              + ", limit="
              + limit.toSeconds()
              + " s; the change is in the log");
    }
  }

  private static boolean isAnswer(RuleAck ack) {
    return switch (ack.kind()) {
      case ACCEPTED, REFUSED -> true;
      case APPLIED, EXPIRED, LAPSED -> false;
    };
  }

  /// Every record of the log, oldest first.
  public List<Revision> history() {
    List<Revision> revisions = new ArrayList<>();
    try (Feed<RuleChange> feed = log.follow(Topics.RULES.of(tenant), Feed.From.START)) {
      long deadline = System.nanoTime() + READ_LIMIT.toNanos();
      while (!feed.isCaughtUp()) {
        if (System.nanoTime() > deadline) {
          throw new CliException(
              ExitCode.TIMEOUT, "rule log not read in " + READ_LIMIT.toSeconds() + " s");
        }
        for (Event<RuleChange> event : feed.poll(POLL)) {
          revisions.add(
              new Revision(
                  event.offset(), event.timestampMs(), event.key(), event.value().value()));
        }
      }
    }
    return revisions;
  }

  /// The id of the rule or concept that a change is about; also its key.
  public static String idOf(RuleChange change) {
    return switch (change) {
      case RuleChange.RulePut put -> put.rule().id();
      case RuleChange.RuleRemoved removed -> removed.rule();
      case RuleChange.ConceptPut put -> put.concept();
      case RuleChange.ConceptRemoved removed -> removed.concept();
      case RuleChange.MonitorPut put -> put.monitor().id();
      case RuleChange.MonitorRemoved removed -> removed.monitor();
    };
  }
}
