package dev.steerage.broker;

import dev.steerage.broker.tenant.Secrets;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private static final String ADMIN = "admin";

  private final DataFolder folder;
  private final KafkaRaftServer server;
  private final Ports ports;
  private final Optional<String> password;
  private boolean closed;

  private EmbeddedBroker(
      DataFolder folder, KafkaRaftServer server, Ports ports, Optional<String> password) {
    this.folder = folder;
    this.server = server;
    this.ports = ports;
    this.password = password;
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
    Optional<String> password = password(config, folder);
    for (int attempt = 1; ; attempt++) {
      Ports ports = Ports.choose(config, folder.lastPorts());
      try {
        KafkaRaftServer server = startServer(folder, ports, password);
        folder.remember(ports);
        LOG.atInfo()
            .addKeyValue("bootstrap", bootstrap(ports))
            .addKeyValue("data", config.data())
            .log("broker started");
        return new EmbeddedBroker(folder, server, ports, password);
      } catch (RuntimeException e) {
        // Somebody took the port between the look and the bind; configured ports are not retried.
        if (!causedByBind(e) || attempt == START_ATTEMPTS) {
          throw new BrokerException("broker did not start: data=" + config.data(), e);
        }
      }
    }
  }

  /// The administrator's password is made with the log, which keeps what it is checked against.
  private static Optional<String> password(BrokerConfig config, DataFolder folder) {
    Optional<String> known = folder.secrets().find(ADMIN);
    if (config.isSecure() && known.isEmpty() && !folder.isFormatted()) {
      return Optional.of(folder.secrets().renew(ADMIN));
    }
    if (config.isSecure() != known.isPresent()) {
      throw new BrokerException(
          "data folder was made "
              + (known.isPresent() ? "with" : "without")
              + " passwords, and stays so: folder="
              + config.data());
    }
    return known;
  }

  private static KafkaRaftServer startServer(
      DataFolder folder, Ports ports, Optional<String> password) {
    format(folder, password);
    Map<String, Object> settings = BrokerSettings.of(folder.log(), ports);
    password.ifPresent(secret -> settings.putAll(BrokerSettings.secure(ADMIN, secret)));
    var server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
    try {
      server.startup();
    } catch (RuntimeException e) {
      server.shutdown();
      throw e;
    }
    return server;
  }

  private static void format(DataFolder folder, Optional<String> password) {
    String log = folder.log().toString();
    var quiet = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    try {
      var formatter = new Formatter();
      password.ifPresent(
          secret ->
              formatter.setScramArguments(
                  List.of("SCRAM-SHA-256=[name=" + ADMIN + ",password=" + secret + "]")));
      formatter
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

  /// What an administrator's client needs; of an open broker only the address.
  public Map<String, String> adminProperties() {
    var client = new HashMap<String, String>();
    password.ifPresent(secret -> client.putAll(Secrets.client(ADMIN, secret)));
    client.put("bootstrap.servers", bootstrap());
    return client;
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
