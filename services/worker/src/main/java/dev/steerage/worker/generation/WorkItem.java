package dev.steerage.worker.generation;

import dev.steerage.schemas.message.Work;
import dev.steerage.worker.tick.RequestOrigin;

/// A request as it came from the work topic.
///
/// @param timestampMs broker time of its record
public record WorkItem(RequestOrigin origin, Work work, long timestampMs) {
  /// The same request as its twin runs it.
  WorkItem asTwin() {
    return new WorkItem(
        origin,
        new Work(
            work.tenant(),
            work.request(),
            work.prompt().asTwin(),
            work.sourcePartition(),
            work.sourceOffset(),
            work.admittedMs()),
        timestampMs);
  }
}
