package dev.steerage.worker.generation;

import dev.steerage.schemas.message.SessionState;
import dev.steerage.worker.WorkerMetrics;
import dev.steerage.worker.session.SessionLimits;
import dev.steerage.worker.session.Sessions;
import dev.steerage.worker.tick.TickEvent;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Requests as turns of sessions: what they continue, and what is remembered of them. Decode thread
/// only.
final class SessionTurns {
  private final Sessions sessions;
  private final ServedModel model;
  private final int captureSites;
  private final Clock clock;
  private final WorkerMetrics metrics;

  SessionTurns(
      SessionLimits limits,
      ServedModel model,
      int captureSites,
      Clock clock,
      WorkerMetrics metrics) {
    this.sessions = new Sessions(limits);
    this.model = model;
    this.captureSites = captureSites;
    this.clock = clock;
    this.metrics = metrics;
  }

  /// The plan of a request that arrived; from here on its session is busy.
  ///
  /// @throws RefusedException if it can never run, or not now
  PromptPlan plan(WorkItem item, Optional<Claim> claim) {
    Optional<String> name = item.work().prompt().session();
    if (name.isEmpty()) {
      return PromptPlan.of(item, claim, Optional.empty(), model, captureSites);
    }
    if (claim.isPresent() && claim.get().started().session().isPresent()) {
      sessions.resume(item.origin(), claim.get().started().session().get());
      PromptPlan plan = PromptPlan.of(item, claim, Optional.empty(), model, captureSites);
      sessions.reserve(item.origin(), name.get(), plan.positionsMax());
      return plan;
    }
    Sessions.Opening.Turn turn =
        switch (sessions.begin(item.origin(), name.get(), item.work().admittedMs())) {
          case Sessions.Opening.Turn begun -> begun;
          case Sessions.Opening.Closed closed ->
              throw new RefusedException(closed.refusal(), closed.detail());
        };
    try {
      PromptPlan plan = PromptPlan.of(item, claim, Optional.of(turn), model, captureSites);
      Optional<Sessions.Opening.Closed> closed =
          sessions.reserve(item.origin(), name.get(), plan.positionsMax());
      if (closed.isPresent()) {
        throw new RefusedException(closed.get().refusal(), closed.get().detail());
      }
      return plan;
    } catch (RefusedException e) {
      sessions.release(item.origin(), name.get());
      throw e;
    }
  }

  /// A request ended. If it has a token, the next turn continues it, whatever ended it.
  ///
  /// @param conversation its prompt and every token that was chosen
  /// @return what to commit with its end
  Optional<TickEvent> ended(Ticket ticket, int[] conversation) {
    Optional<String> name = ticket.item().work().prompt().session();
    if (name.isEmpty()) {
      return Optional.empty();
    }
    if (conversation.length == ticket.plan().prompt().length) {
      sessions.release(ticket.origin(), name.get());
      return Optional.empty();
    }
    return sessions
        .end(ticket.origin(), name.get(), conversation, clock.epochMs())
        .map(state -> new TickEvent.Remembered(ticket.origin(), state));
  }

  /// A request goes away without a word: somebody else, or a later claim, goes on.
  void forget(Ticket ticket) {
    ticket
        .item()
        .work()
        .prompt()
        .session()
        .ifPresent(name -> sessions.release(ticket.origin(), name));
  }

  void adopt(int partition, List<SessionState> states) {
    sessions.adopt(partition, states, clock.epochMs());
  }

  void drop(Set<Integer> partitions) {
    sessions.drop(partitions);
  }

  void sweep() {
    sessions.sweep(clock.epochMs());
    metrics.sessions().set(sessions.size());
  }
}
