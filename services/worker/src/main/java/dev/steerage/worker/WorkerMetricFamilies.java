package dev.steerage.worker;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// The metrics of all workers of one process; registered once, labelled with the model.
public final class WorkerMetricFamilies {
  private static final String PREFIX = "steerage_worker_";
  private static final String MODEL = "model";
  private static final double[] SECONDS = {
    .0001, .0003, .001, .003, .01, .02, .05, .1, .3, 1, 3,
  };

  private final PrometheusRegistry registry;
  private final Counter tokens;
  private final Counter positions;
  private final Gauge active;
  private final Gauge queued;
  private final Counter paused;
  private final Counter tickWaitSeconds;
  private final Histogram stepSeconds;
  private final Histogram commitSeconds;
  private final Counter aborts;
  private final Counter rebuilds;
  private final Counter lost;
  private final Counter unreadable;
  private final Counter abandoned;
  private final Counter classChanges;
  private final Gauge cached;
  private final Counter reused;
  private final Gauge sessions;
  private final Counter lossPositions;
  private final Counter lossDropped;
  private final Counter liveFrames;
  private final Counter liveDropped;
  private final Gauge deviceBytes;
  private final Gauge deviceFree;
  private final Counter deviceSteps;
  private final Counter deviceRows;
  private final Counter devicePlaces;
  private final Counter deviceSeconds;
  private final Gauge kernelSeconds;

  public WorkerMetricFamilies(PrometheusRegistry registry) {
    this.registry = registry;
    tokens = counter("tokens", "Tokens chosen.");
    positions = counter("positions", "Positions forwarded, prompt positions included.");
    active = gauge("active_requests", "Requests in the batch.");
    queued = gauge("queued_requests", "Requests taken from Kafka and not in the batch.");
    paused = counter("queue_full", "Pauses of the work partitions at the queue's limit.");
    tickWaitSeconds = counter("tick_wait_seconds", "Decoding waited so long for commits.");
    stepSeconds = histogram("step_seconds", "Time of one decode step.");
    commitSeconds = histogram("commit_seconds", "Time of one commit.");
    aborts = counter("aborted_ticks", "Transactions aborted and written again.");
    rebuilds = counter("rebuilds", "Times that everything was rebuilt from the log.");
    lost = counter("lost_assignments", "Times that partitions were lost without a hand-over.");
    unreadable = counter("unreadable_records", "Work records skipped as unreadable.");
    abandoned = counter("abandoned_requests", "Given up: the tenant's topics take no records.");
    classChanges = counter("class_changes", "Requests continued in another numeric class.");
    cached = gauge("cached_positions", "Positions kept for prompts with the same beginning.");
    reused = counter("reused_positions", "Positions taken from there instead of being forwarded.");
    sessions = gauge("sessions", "Sessions that can be continued here.");
    lossPositions =
        counter("loss_positions", "Forwarded to know the loss under the unsteered model.");
    lossDropped = counter("loss_dropped", "Requests drawn for it and given up: too many wait.");
    liveFrames = counter("live_frames", "Live frames handed to Aeron.");
    liveDropped = counter("live_frames_dropped", "Live frames dropped: no room, or no listener.");
    deviceBytes = gauge("device_bytes", "Memory of the device that is held, by use.", "use");
    deviceFree = gauge("device_free_bytes", "Memory of the device that is left, for anybody.");
    deviceSteps = counter("device_steps", "Forwards on the device.");
    deviceRows = counter("device_rows", "Rows of all forwards on the device.");
    devicePlaces = counter("device_row_places", "Rows that these forwards had room for.");
    deviceSeconds = counter("device_seconds", "Time of all forwards on the device.");
    kernelSeconds =
        gauge("device_kernel_seconds", "A kernel in an average forward of those timed.", "kernel");
  }

  /// The metrics of the worker of one model.
  public WorkerMetrics of(String model) {
    return new WorkerMetrics(
        tokens.labelValues(model),
        positions.labelValues(model),
        active.labelValues(model),
        queued.labelValues(model),
        paused.labelValues(model),
        tickWaitSeconds.labelValues(model),
        stepSeconds.labelValues(model),
        commitSeconds.labelValues(model),
        aborts.labelValues(model),
        rebuilds.labelValues(model),
        lost.labelValues(model),
        unreadable.labelValues(model),
        abandoned.labelValues(model),
        classChanges.labelValues(model),
        cached.labelValues(model),
        reused.labelValues(model),
        sessions.labelValues(model),
        lossPositions.labelValues(model),
        lossDropped.labelValues(model),
        liveFrames.labelValues(model),
        liveDropped.labelValues(model),
        device(model));
  }

  private DeviceMetrics device(String model) {
    return new DeviceMetrics(
        deviceBytes.labelValues(model, "model"),
        deviceBytes.labelValues(model, "batch"),
        deviceFree.labelValues(model),
        deviceSteps.labelValues(model),
        deviceRows.labelValues(model),
        devicePlaces.labelValues(model),
        deviceSeconds.labelValues(model),
        kernel -> kernelSeconds.labelValues(model, kernel));
  }

  private Counter counter(String name, String help) {
    return Counter.builder().name(PREFIX + name).help(help).labelNames(MODEL).register(registry);
  }

  private Gauge gauge(String name, String help) {
    return Gauge.builder().name(PREFIX + name).help(help).labelNames(MODEL).register(registry);
  }

  private Gauge gauge(String name, String help, String label) {
    return Gauge.builder()
        .name(PREFIX + name)
        .help(help)
        .labelNames(MODEL, label)
        .register(registry);
  }

  private Histogram histogram(String name, String help) {
    return Histogram.builder()
        .name(PREFIX + name)
        .help(help)
        .labelNames(MODEL)
        .classicOnly()
        .classicUpperBounds(SECONDS)
        .register(registry);
  }
}
