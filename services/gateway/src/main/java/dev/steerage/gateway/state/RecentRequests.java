package dev.steerage.gateway.state;

import dev.steerage.gateway.event.LogRecord;
import dev.steerage.schemas.message.Completion;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// Requests of a tenant that run, and the last that ended: never their texts. Thread-safe.
public final class RecentRequests {
  private static final long FORGET_MS = TimeUnit.HOURS.toMillis(1);

  private final int remembered;
  private final Map<String, Summary> byId = new LinkedHashMap<>();
  private int ours;

  /// @param remembered how many in all
  public RecentRequests(int remembered) {
    this.remembered = remembered;
  }

  /// What is known about a request.
  ///
  /// @param partition of the completions topic
  /// @param from offset there from which on its events lie
  /// @param ours whether it was sent through this gateway
  /// @param atMs of sending, or of the first event
  /// @param revision the newest that steered it
  /// @param reason why it ended; empty: it runs
  /// @param end offset after its last event
  public record Summary(
      String request,
      Optional<String> model,
      int partition,
      long from,
      boolean ours,
      long atMs,
      int promptTokens,
      int completionTokens,
      OptionalLong revision,
      Optional<Completion.Reason> reason,
      OptionalLong end) {

    public boolean isFinished() {
      return reason.isPresent();
    }

    private Summary started(Completion.Started started) {
      return new Summary(
          request,
          Optional.of(started.model()),
          partition,
          from,
          ours,
          atMs,
          started.promptTokens().size(),
          completionTokens,
          OptionalLong.of(started.promptRevision()),
          reason,
          end);
    }

    private Summary tokens(Completion.Tokens more) {
      Completion.Token last = more.tokens().getLast();
      return new Summary(
          request,
          model,
          partition,
          from,
          ours,
          atMs,
          promptTokens,
          last.index() + 1,
          OptionalLong.of(last.revision()),
          reason,
          end);
    }

    private Summary finished(Completion.Finished finished, long newEnd) {
      return new Summary(
          request,
          model,
          partition,
          from,
          ours,
          atMs,
          finished.promptTokens(),
          finished.completionTokens(),
          revision,
          Optional.of(finished.reason()),
          OptionalLong.of(newEnd));
    }
  }

  /// A request is about to be sent.
  ///
  /// @return false: one of this id is known
  public synchronized boolean sending(
      String request, String model, int partition, long from, long nowMs) {
    if (byId.containsKey(request)) {
      return false;
    }
    byId.put(
        request,
        new Summary(
            request,
            Optional.of(model),
            partition,
            from,
            true,
            nowMs,
            0,
            0,
            OptionalLong.empty(),
            Optional.empty(),
            OptionalLong.empty()));
    ours++;
    forget(nowMs);
    return true;
  }

  /// It was not sent after all.
  public synchronized void notSent(String request) {
    remove(byId.get(request));
  }

  /// An event of a request.
  public synchronized void observe(LogRecord<Completion> record) {
    if (record.value().isEmpty()) {
      return;
    }
    Completion event = record.value().get();
    Summary before = byId.get(event.request());
    if (before == null) {
      before =
          new Summary(
              event.request(),
              Optional.empty(),
              record.partition(),
              record.offset(),
              false,
              record.timeMs(),
              0,
              0,
              OptionalLong.empty(),
              Optional.empty(),
              OptionalLong.empty());
    }
    Summary after =
        switch (event) {
          case Completion.Started started -> before.started(started);
          case Completion.Tokens tokens ->
              tokens.tokens().isEmpty() ? before : before.tokens(tokens);
          case Completion.Finished finished -> before.finished(finished, record.offset() + 1);
          case Completion.Paired _, Completion.Duplicate _ -> before;
        };
    if (after.isFinished() && !before.isFinished() && before.ours()) {
      ours--;
    }
    byId.put(event.request(), after);
    forget(record.timeMs());
  }

  private void forget(long nowMs) {
    Iterator<Summary> oldest = byId.values().iterator();
    while (byId.size() > remembered && oldest.hasNext()) {
      Summary summary = oldest.next();
      // What runs stays as long as it may well run.
      if (summary.isFinished()
          || nowMs - summary.atMs() > FORGET_MS
          || byId.size() > 2 * remembered) {
        oldest.remove();
        ours -= summary.ours() && !summary.isFinished() ? 1 : 0;
      }
    }
  }

  private void remove(Summary summary) {
    if (summary != null) {
      byId.remove(summary.request());
      ours -= summary.ours() && !summary.isFinished() ? 1 : 0;
    }
  }

  public synchronized Optional<Summary> find(String request) {
    return Optional.ofNullable(byId.get(request));
  }

  /// Requests sent through this gateway that have not ended.
  public synchronized int running() {
    return ours;
  }

  /// The newest first.
  public synchronized List<Summary> newest(int most) {
    List<Summary> all = new ArrayList<>(byId.values());
    return all.reversed().subList(0, Math.min(most, all.size())).stream().toList();
  }
}
