package dev.steerage.index.store;

/// Everything that the index counts about itself.
public enum IndexMetric {
  COMMITTED_RECORDS("committed_records_total", "Activation records counted."),
  COMMITTED_POSITIONS("committed_positions_total", "Positions counted from committed records."),
  FOREIGN_RECORDS(
      "foreign_records_total", "Kafka records that could not be read or not be placed."),
  LIVE_FRAMES("live_frames_total", "Live frames taken."),
  LIVE_POSITIONS("live_positions", "Positions that the overlay holds now."),
  STALE_FRAMES("stale_frames_total", "Live frames of an attempt that a later one replaced."),
  REPLACED_POSITIONS("replaced_positions_total", "Live positions replaced by their record."),
  EXPIRED_POSITIONS("expired_positions_total", "Live positions dropped without a record."),
  FOREIGN_FRAMES("foreign_frames_total", "Live frames that could not be read or not be placed."),
  GAPS("gap_frames_total", "Live frames that a worker numbered and the index never saw."),
  REQUESTS("requests_total", "Look-ups received."),
  FOREIGN_REQUESTS("foreign_requests_total", "Requests that could not be read."),
  REFUSED_CLIENTS("refused_clients_total", "Clients refused because too many are connected."),
  DROPPED_RESPONSES("dropped_responses_total", "Answers that a client did not take in time."),
  EVICTED_CONTEXTS(
      "evicted_contexts_total", "Positions and sampled contexts forgotten at the limit."),
  EVICTED_REQUESTS("evicted_requests_total", "Requests forgotten at the limit."),
  EVICTED_MODELS("evicted_models_total", "Counts of a tenant's model forgotten at the limit."),
  REFUSED_MODELS("refused_models_total", "Records of models whose counts alone pass the limit."),
  REFUSED_CONCEPTS("refused_concepts_total", "Concepts refused at the limit."),
  REFUSED_LABELS("refused_labels_total", "Labels refused at the limit."),
  REFUSED_TOUCHES("refused_touches_total", "Acts of rules on codes not counted, at the limit."),
  SNAPSHOTS("snapshots_total", "Snapshots written."),
  SNAPSHOTS_FAILED("snapshots_failed_total", "Snapshots that could not be written."),
  SNAPSHOTS_REFUSED(
      "snapshots_refused_total", "Snapshots that were not used: damaged, foreign or outdated."),
  SNAPSHOT_BYTES("snapshot_bytes", "Size of the last snapshot."),
  SNAPSHOT_PAUSE_US("snapshot_pause_us", "How long the last snapshot held up the agent."),
  QUEUE_WAITS("queue_waits_total", "Times that the Kafka reader waited for room in the queue."),
  QUEUE_BYTES("queue_bytes", "Bytes of records that wait for the agent."),
  FAILURES("agent_failures_total", "Cycles of the agent that ended in an error."),
  MEMORY_BYTES("memory_bytes", "Estimated size of counts, requests and contexts.");

  private final String suffix;
  private final String sentence;

  IndexMetric(String suffix, String sentence) {
    this.suffix = suffix;
    this.sentence = sentence;
  }

  /// The name under which it is published.
  public String metricName() {
    return "steering_index_" + suffix;
  }

  /// Whether it only grows.
  public boolean isTotal() {
    return suffix.endsWith("_total");
  }

  /// What it means.
  public String sentence() {
    return sentence;
  }
}
