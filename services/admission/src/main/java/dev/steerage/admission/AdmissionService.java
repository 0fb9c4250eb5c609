package dev.steerage.admission;

import dev.steerage.admission.kafka.AdmissionLoop;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The only reader of tenants' prompts: checks them, answers what cannot be served, hands the rest
/// to the workers of its model.
public final class AdmissionService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdmissionService.class);
  private static final Duration DRAIN = Duration.ofSeconds(15);

  private final AdmissionLoop loop;
  private final Thread thread;

  private AdmissionService(AdmissionLoop loop, Thread thread) {
    this.loop = loop;
    this.thread = thread;
  }

  /// Starts reading; returns at once.
  public static AdmissionService start(AdmissionConfig config) {
    return start(config, new PrometheusRegistry());
  }

  /// Starts reading; returns at once.
  public static AdmissionService start(AdmissionConfig config, PrometheusRegistry registry) {
    AdmissionLoop loop = new AdmissionLoop(config, new AdmissionMetrics(registry));
    Thread thread = new Thread(() -> runOrSay(loop), "admission");
    thread.start();
    return new AdmissionService(loop, thread);
  }

  private static void runOrSay(AdmissionLoop loop) {
    try {
      loop.run();
    } catch (Throwable broken) {
      LOG.error("Admission has ended: an invariant is broken", broken);
      throw broken;
    }
  }

  /// Whether prompts are being read; waits that long for it.
  public boolean awaitReady(Duration patience) throws InterruptedException {
    return loop.awaitReady(patience);
  }

  /// Whether prompts are still read: false after [#close], or when an invariant broke.
  public boolean isAlive() {
    return thread.isAlive();
  }

  /// Finishes the batch under way and leaves the group.
  @Override
  public void close() {
    loop.stop();
    try {
      if (!thread.join(DRAIN)) {
        LOG.atWarn().addKeyValue("waited", DRAIN).log("Admission did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
