package dev.steerage.worker.generation;

import dev.steerage.schemas.message.Completion;
import dev.steerage.worker.tick.RequestOrigin;
import dev.steerage.worker.tick.TickBuffer;
import dev.steerage.worker.tick.TickEvent;
import java.util.ArrayList;
import java.util.List;

/// Gathers the events of one step, so that they reach the tick together. Decode thread only.
final class StepEvents implements RequestRun.Step {
  private final List<TickEvent> events = new ArrayList<>();
  private final List<RequestRun> finished = new ArrayList<>();
  private final LiveSink live;
  private boolean urgent;

  StepEvents(LiveSink live) {
    this.live = live;
  }

  @Override
  public void add(TickEvent event) {
    events.add(event);
    if (event instanceof TickEvent.Fired fired) {
      live.offer(fired);
    }
  }

  @Override
  public void amendText(RequestOrigin origin, String rest) {
    for (int i = events.size() - 1; i >= 0; i--) {
      if (events.get(i) instanceof TickEvent.Chosen chosen && chosen.origin().equals(origin)) {
        Completion.Token token = chosen.token();
        events.set(
            i,
            new TickEvent.Chosen(
                origin,
                chosen.attempt(),
                new Completion.Token(
                    token.index(),
                    token.id(),
                    token.text() + rest,
                    token.logprob(),
                    token.topLogprobs(),
                    token.revision(),
                    token.steered())));
        return;
      }
    }
  }

  @Override
  public void urgent() {
    urgent = true;
  }

  @Override
  public void finished(RequestRun run) {
    finished.add(run);
  }

  /// Requests that ended since the last call.
  List<RequestRun> takeFinished() {
    List<RequestRun> all = List.copyOf(finished);
    finished.clear();
    return all;
  }

  void handTo(TickBuffer ticks) {
    ticks.add(events, urgent);
    events.clear();
    urgent = false;
  }
}
