package dev.steerage.index;

import dev.steerage.index.aeron.AeronSettings;
import dev.steerage.index.aeron.EmbeddedDriver;
import dev.steerage.index.aeron.IndexAgent;
import dev.steerage.index.desk.CorpusDesk;
import dev.steerage.index.desk.LabelBook;
import dev.steerage.index.kafka.CommittedReader;
import dev.steerage.index.search.SearchLimits;
import dev.steerage.index.snapshot.SnapshotKeeper;
import dev.steerage.index.snapshot.SnapshotSource;
import dev.steerage.index.store.IndexMetric;
import dev.steerage.index.store.IndexMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.agrona.concurrent.AgentRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running code index: a media driver if it has one of its own, the Kafka reader and the agent.
///
/// [#start] returns when look-ups are answered; what was committed before is read meanwhile, and
/// the status says when that is done. [#close] leaves nothing behind.
public final class IndexService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IndexService.class);
  private static final int CLOSE_TIMEOUT_MS = 5_000;
  private static final int FAILURES_LOGGED = 10;

  private final IndexConfig config;
  private final IndexMetrics metrics;
  private final Optional<EmbeddedDriver> driver;
  private final CorpusDesk desk;
  private final Optional<SnapshotKeeper> snapshots;
  private final CommittedReader reader;
  private final Thread readerThread;
  private final AgentRunner agentRunner;
  private boolean closed;

  private IndexService(IndexConfig config) {
    this.config = config;
    metrics = new IndexMetrics();
    var queue = new CommittedQueue(config.queueBytes(), metrics);
    driver =
        config.embeddedDriver()
            ? Optional.of(EmbeddedDriver.launch(config.aeronDirectory(), config.idle()))
            : Optional.empty();
    var labels = new LabelBook();
    desk = new CorpusDesk(config.corpora(), SearchLimits.defaults(), labels);
    snapshots = config.snapshots().map(settings -> new SnapshotKeeper(settings, metrics));
    var agent =
        new IndexAgent(
            new AeronSettings(
                config.aeronDirectory(), config.channel(), config.maxClients(), config.keys()),
            config.limits(),
            metrics,
            queue,
            desk,
            labels,
            snapshots);
    try {
      agent.connect();
      reader =
          new CommittedReader(
              clientProperties(config),
              queue,
              config
                  .snapshots()
                  .map(settings -> new SnapshotSource(settings, config.limits(), metrics)));
    } catch (RuntimeException e) {
      snapshots.ifPresent(SnapshotKeeper::close);
      agent.onClose();
      desk.close();
      driver.ifPresent(EmbeddedDriver::close);
      throw e;
    }
    agentRunner = new AgentRunner(config.idle().strategy(), this::onAgentError, null, agent);
    readerThread = Thread.ofPlatform().name("index-kafka").unstarted(reader);
  }

  /// Starts an index; returns when it answers.
  ///
  /// @throws IndexException if the media driver's folder is in use or cannot be used
  public static IndexService start(IndexConfig config) {
    var service = new IndexService(config);
    service.readerThread.start();
    AgentRunner.startOnThread(service.agentRunner);
    LOG.atInfo()
        .addKeyValue("bootstrap", config.bootstrap())
        .addKeyValue("aeronDirectory", config.aeronDirectory())
        .addKeyValue("channel", config.channel())
        .log("index started");
    return service;
  }

  /// Starts an index and publishes its metrics; returns when it answers.
  public static IndexService start(IndexConfig config, PrometheusRegistry registry) {
    var service = start(config);
    service.metrics.register(registry);
    return service;
  }

  private static Map<String, String> clientProperties(IndexConfig config) {
    Map<String, String> properties = new HashMap<>(config.client());
    properties.put("bootstrap.servers", config.bootstrap());
    return properties;
  }

  private void onAgentError(Throwable error) {
    // On the agent's thread. What fails once may fail in every cycle.
    if (metrics.get(IndexMetric.FAILURES) < FAILURES_LOGGED) {
      LOG.atError().setCause(error).log("index agent failed in one cycle and goes on");
    }
    metrics.increment(IndexMetric.FAILURES);
  }

  /// What it counts about itself.
  public long metric(IndexMetric metric) {
    return metrics.get(metric);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    reader.close();
    try {
      if (!readerThread.join(Duration.ofMillis(CLOSE_TIMEOUT_MS))) {
        LOG.warn("kafka reader did not end in time");
        readerThread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    agentRunner.close(CLOSE_TIMEOUT_MS, thread -> LOG.warn("index agent did not end in time"));
    snapshots.ifPresent(SnapshotKeeper::close);
    desk.close();
    driver.ifPresent(EmbeddedDriver::close);
    LOG.atInfo().addKeyValue("aeronDirectory", config.aeronDirectory()).log("index stopped");
  }
}
