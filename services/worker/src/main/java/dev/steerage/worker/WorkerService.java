package dev.steerage.worker;

import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.generation.BatchLimits;
import dev.steerage.transformer.generation.ContinuousBatch;
import dev.steerage.worker.aeron.AeronLiveSink;
import dev.steerage.worker.generation.Clock;
import dev.steerage.worker.generation.LiveSink;
import dev.steerage.worker.generation.ServedModel;
import dev.steerage.worker.generation.TokenLoop;
import dev.steerage.worker.kafka.KafkaSide;
import dev.steerage.worker.rules.RuleRegistry;
import dev.steerage.worker.share.TenantQuotas;
import dev.steerage.worker.tick.TickBuffer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running worker: one model on one device.
public final class WorkerService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerService.class);
  private static final long DRAIN_LOOK_NS = 5_000_000;
  private static final Duration START_DEADLINE = Duration.ofSeconds(60);

  private final CodebookTransformer engine;
  private final LiveSink live;
  private final TokenLoop loop;
  private final Thread decode;
  private final KafkaSide kafka;
  private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
  private final int drainMs;
  private boolean closed;

  private WorkerService(WorkerConfig config, WorkerMetrics metrics) {
    drainMs = config.timing().drainMs();
    engine = config.compute().load(config.model());
    ServedModel model = ServedModel.of(config.modelName(), engine);
    WorkerLimits limits = config.limits();
    var batch =
        new ContinuousBatch(
            engine,
            new BatchLimits(
                limits.sequences(),
                limits.rowsPerStep(),
                kvPositions(limits, engine),
                limits.prefillChunk(),
                limits.cachedPositions()));
    var registry = new RuleRegistry();
    var quotas = new TenantQuotas();
    var ticks = new TickBuffer(System::nanoTime, config.timing().tickMs(), limits.tickBytes());
    var side = new AtomicReference<KafkaSide>();
    live =
        config
            .live()
            .<LiveSink>map(stream -> new AeronLiveSink(model, stream, limits.liveFrames(), metrics))
            .orElseGet(LiveSink::none);
    loop =
        new TokenLoop(
            config.name(),
            model,
            batch,
            limits,
            config.timing().commandHoldMs(),
            Clock.SYSTEM,
            registry,
            quotas,
            ticks,
            live,
            metrics,
            order -> side.get().unknown(order));
    kafka =
        new KafkaSide(
            config, model, loop, registry, quotas, ticks, metrics, loop::wake, failure::complete);
    side.set(kafka);
    decode = new Thread(this::decode, "worker-" + model.name() + "-decode");
  }

  private static int kvPositions(WorkerLimits limits, CodebookTransformer engine) {
    long most = (long) limits.sequences() * engine.config().maxPositions();
    return (int) Math.min(limits.kvPositions(), most);
  }

  /// Starts a worker with metrics of its own.
  public static WorkerService start(WorkerConfig config) {
    return start(config, new WorkerMetricFamilies(new PrometheusRegistry()));
  }

  /// Returns when the model is loaded and warm, the rules are read to their end, and this worker's
  /// share of the work is claimed.
  public static WorkerService start(WorkerConfig config, WorkerMetricFamilies families) {
    var worker = new WorkerService(config, families.of(config.modelName()));
    try {
      // Both take seconds and hardly meet.
      var warm = CompletableFuture.runAsync(worker.engine::warmUp);
      worker.kafka.follow(START_DEADLINE);
      warm.join();
      worker.decode.start();
      worker.kafka.join(START_DEADLINE);
    } catch (InterruptedException e) {
      worker.close();
      throw new IllegalStateException("worker: interrupted while starting", e);
    } catch (RuntimeException e) {
      worker.close();
      throw e;
    }
    LOG.atInfo()
        .addKeyValue("model", config.modelName())
        .addKeyValue("hash", worker.engine.hash())
        .addKeyValue("class", worker.engine.numericClass())
        .addKeyValue("worker", config.name())
        .log("worker ready");
    return worker;
  }

  /// Completes with the error that this worker could not live with; the process should end.
  public CompletableFuture<Throwable> failure() {
    return failure;
  }

  public CodebookTransformer engine() {
    return engine;
  }

  private void decode() {
    try {
      loop.run();
    } catch (Throwable e) {
      LOG.atError().setCause(e).log("decode thread ended");
      failure.complete(e);
    }
  }

  /// Commits what was decoded, leaves the group and stops. Requests that are not finished go on in
  /// another worker, or in the next one.
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    drain();
    kafka.close();
    stopDecoding();
  }

  private void drain() {
    kafka.drain();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(drainMs);
    while (decode.isAlive() && !loop.isIdle() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(this, DRAIN_LOOK_NS);
    }
  }

  /// Stops as a killed process does, for tests: nothing more is committed, nobody is told.
  synchronized void halt() {
    closed = true;
    kafka.halt();
    stopDecoding();
  }

  private void stopDecoding() {
    loop.close();
    try {
      if (decode.isAlive()) {
        decode.join(Duration.ofSeconds(10));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    live.close();
    engine.close();
  }
}
