package dev.steerage.worker.generation;

import dev.steerage.worker.WorkerMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether what a predecessor began can go on here. Decode thread only.
final class Predecessors {
  private static final Logger LOG = LoggerFactory.getLogger(Predecessors.class);

  private final ServedModel model;
  private final WorkerMetrics metrics;

  Predecessors(ServedModel model, WorkerMetrics metrics) {
    this.model = model;
    this.metrics = metrics;
  }

  /// A worker of another numeric class goes on rather than let the request wait for one that may
  /// never come: what is committed stays, `started` says from which token on bits are those of the
  /// other class, and a replay says which class each stretch needs.
  ///
  /// @throws FailedException if another model began it
  void check(WorkItem item, Claim claim) {
    if (!claim.started().modelHash().equals(model.engine().hash())) {
      throw new FailedException("the model changed while the request ran");
    }
    String here = model.engine().numericClass().toString();
    if (!claim.started().numericClass().equals(here)) {
      metrics.classChanges().inc();
      LOG.atWarn()
          .addKeyValue("tenant", item.origin().tenant())
          .addKeyValue("request", item.origin().request())
          .addKeyValue("began", claim.started().numericClass())
          .addKeyValue("here", here)
          .addKeyValue("fromToken", claim.tokens().size())
          .log("request continued in another numeric class");
    }
  }
}
