package dev.steerage.broker;

import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A real Kafka broker and KRaft controller in this JVM, on the loopback address.
///
/// [#start] returns when the broker serves clients. One replica and no fsync per record: it
/// survives a crash of the process, not of the machine. Thread-safe.
public final class EmbeddedBroker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final int START_ATTEMPTS = 3;

  private final DataFolder folder;
  private final KafkaRaftServer server;
  private final Ports ports;
  private boolean closed;

  private EmbeddedBroker(DataFolder folder, KafkaRaftServer server, Ports ports) {
    this.folder = folder;
    this.server = server;
    this.ports = ports;
  }

  /// Starts a broker on its data folder, formatting it on first use.
  ///
  /// @throws BrokerException if the folder or a configured port is in use
  public static EmbeddedBroker start(BrokerConfig config) {
    DataFolder folder = DataFolder.open(config.data());
    try {
      return start(config, folder);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  private static EmbeddedBroker start(BrokerConfig config, DataFolder folder) {
    for (int attempt = 1; ; attempt++) {
      Ports ports = Ports.choose(config, folder.lastPorts());
      try {
        KafkaRaftServer server = startServer(folder, ports);
        folder.remember(ports);
        LOG.atInfo()
            .addKeyValue("bootstrap", bootstrap(ports))
            .addKeyValue("data", config.data())
            .log("broker started");
        return new EmbeddedBroker(folder, server, ports);
      } catch (RuntimeException e) {
        // Somebody took the port between the look and the bind; configured ports are not retried.
        if (!causedByBind(e) || attempt == START_ATTEMPTS) {
          throw new BrokerException("broker did not start: data=" + config.data(), e);
        }
      }
    }
  }

  private static KafkaRaftServer startServer(DataFolder folder, Ports ports) {
    format(folder);
    var server =
        new KafkaRaftServer(
            new KafkaConfig(BrokerSettings.of(folder.log(), ports), false), Time.SYSTEM);
    try {
      server.startup();
    } catch (RuntimeException e) {
      server.shutdown();
      throw e;
    }
    return server;
  }

  private static void format(DataFolder folder) {
    String log = folder.log().toString();
    var quiet = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    try {
      new Formatter()
          .setClusterId(folder.clusterId())
          .setNodeId(BrokerSettings.NODE_ID)
          .setDirectories(List.of(log))
          .setMetadataLogDirectory(log)
          .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setIgnoreFormatted(true)
          .setPrintStream(quiet)
          .run();
    } catch (Exception e) {
      throw new BrokerException("data folder cannot be formatted: folder=" + log, e);
    }
  }

  private static boolean causedByBind(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return true;
      }
    }
    return false;
  }

  /// The address for `bootstrap.servers`.
  public String bootstrap() {
    return bootstrap(ports);
  }

  private static String bootstrap(Ports ports) {
    return "127.0.0.1:" + ports.client();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    server.shutdown();
    server.awaitShutdown();
    folder.close();
    LOG.atInfo().addKeyValue("bootstrap", bootstrap()).log("broker stopped");
  }
}
