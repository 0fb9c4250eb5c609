package dev.steerage.local;

import dev.steerage.broker.BrokerConfig;
import dev.steerage.broker.DesiredTopics;
import dev.steerage.broker.EmbeddedBroker;
import dev.steerage.broker.Provisioner;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything in this JVM: the same services that run as processes of their own, and a broker.
///
/// [#start] returns when all of them are ready; [#close] stops them in reverse order.
public final class LocalInstance implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LocalInstance.class);

  private final Deque<Part> parts = new ArrayDeque<>();
  private final Map<String, String> addresses = new LinkedHashMap<>();

  private LocalInstance() {}

  /// One thing that was started.
  private record Part(String name, AutoCloseable closeable) {}

  public static LocalInstance start(UpConfig config) {
    var instance = new LocalInstance();
    try {
      instance.open(config);
      return instance;
    } catch (RuntimeException e) {
      instance.close();
      throw e;
    }
  }

  private void open(UpConfig config) {
    EmbeddedBroker broker =
        started(
            "broker",
            EmbeddedBroker.start(
                new BrokerConfig(config.brokerData(), config.port(), BrokerConfig.REMEMBERED)));
    addresses.put("bootstrap", broker.bootstrap());
    try (var provisioner = Provisioner.connect(broker.bootstrap())) {
      provisioner.ensure(DesiredTopics.of(config.tenants(), config.modelNames()));
    }
    started("running.json", RunningFile.write(config.data(), addresses, config.modelNames()));
  }

  private <T extends AutoCloseable> T started(String name, T part) {
    parts.push(new Part(name, part));
    return part;
  }

  /// What it serves, by name: `bootstrap`, `aeronDir`, `statisticsApi`.
  public Map<String, String> addresses() {
    return Map.copyOf(addresses);
  }

  public String bootstrap() {
    return addresses.get("bootstrap");
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      Part part = parts.pop();
      try {
        part.closeable().close();
      } catch (Exception e) {
        // The others must be closed too.
        LOG.atError().addKeyValue("part", part.name()).setCause(e).log("part did not close");
      }
    }
  }
}
