package dev.steerage.index;

import dev.steerage.index.snapshot.SnapshotSettings;
import dev.steerage.index.store.IndexLimits;
import dev.steerage.schemas.aeron.IndexStreams;
import dev.steerage.schemas.aeron.TenantKeys;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Everything a code index is told.
///
/// @param bootstrap address of the Kafka cluster
/// @param client further properties of every Kafka client (security, for instance)
/// @param aeronDirectory folder of the media driver
/// @param channel where workers and clients reach the index
/// @param embeddedDriver run a media driver in this process; otherwise one must run already
/// @param idle what its threads do when there is nothing to do
/// @param limits how much it holds
/// @param queueBytes records that wait for the agent
/// @param maxClients clients that are connected at once; further ones are refused
/// @param corpora folder of corpora; one that does not exist has none
/// @param snapshots where it keeps what it knows; none: it reads everything from Kafka each time
/// @param keys by which clients prove for which tenants they speak; none: every name is believed
public record IndexConfig(
    String bootstrap,
    Map<String, String> client,
    Path aeronDirectory,
    String channel,
    boolean embeddedDriver,
    IdleProfile idle,
    IndexLimits limits,
    long queueBytes,
    int maxClients,
    Path corpora,
    Optional<SnapshotSettings> snapshots,
    TenantKeys keys) {
  private static final long QUEUE_BYTES = 8L * 1024 * 1024;
  private static final int MAX_CLIENTS = 64;

  public IndexConfig {
    client = Map.copyOf(client);
    if (bootstrap.isBlank()) {
      throw new IllegalArgumentException("bootstrap: empty, expected host:port");
    }
    if (maxClients < 1) {
      throw new IllegalArgumentException("max-clients=" + maxClients + ", least=1");
    }
    if (queueBytes < 1) {
      throw new IllegalArgumentException("queue-bytes=" + queueBytes + ", least=1");
    }
    // Refuses a channel that clients could not derive theirs from.
    IndexStreams.responsesChannel(channel);
  }

  /// An index with its own media driver, reached through shared memory.
  public static IndexConfig of(String bootstrap, Path aeronDirectory) {
    return new IndexConfig(
        bootstrap,
        Map.of(),
        aeronDirectory,
        IndexStreams.DEFAULT_CHANNEL,
        true,
        IdleProfile.ECONOMICAL,
        IndexLimits.defaults(),
        QUEUE_BYTES,
        MAX_CLIENTS,
        Path.of(".steerage", "corpora"),
        Optional.empty(),
        TenantKeys.NONE);
  }

  /// The same with further properties of every Kafka client.
  public IndexConfig withClient(Map<String, String> other) {
    return with(draft -> draft.client = other);
  }

  /// The same on another channel.
  public IndexConfig withChannel(String other) {
    return with(draft -> draft.channel = other);
  }

  /// The same with or without a media driver of its own.
  public IndexConfig withEmbeddedDriver(boolean embedded) {
    return with(draft -> draft.embeddedDriver = embedded);
  }

  /// The same with another idle profile.
  public IndexConfig withIdle(IdleProfile other) {
    return with(draft -> draft.idle = other);
  }

  /// The same with other limits.
  public IndexConfig withLimits(IndexLimits other) {
    return with(draft -> draft.limits = other);
  }

  /// The same with corpora elsewhere.
  public IndexConfig withCorpora(Path other) {
    return with(draft -> draft.corpora = other);
  }

  /// The same with snapshots.
  public IndexConfig withSnapshots(SnapshotSettings settings) {
    return with(draft -> draft.snapshots = Optional.of(settings));
  }

  /// The same with keys of tenants.
  public IndexConfig withKeys(TenantKeys others) {
    return with(draft -> draft.keys = others);
  }

  private IndexConfig with(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.config();
  }

  /// One that can be changed: each `with` names its own part only.
  private static final class Draft {
    private String bootstrap;
    private Map<String, String> client;
    private Path aeronDirectory;
    private String channel;
    private boolean embeddedDriver;
    private IdleProfile idle;
    private IndexLimits limits;
    private long queueBytes;
    private int maxClients;
    private Path corpora;
    private Optional<SnapshotSettings> snapshots;
    private TenantKeys keys;

    Draft(IndexConfig from) {
      bootstrap = from.bootstrap;
      client = from.client;
      aeronDirectory = from.aeronDirectory;
      channel = from.channel;
      embeddedDriver = from.embeddedDriver;
      idle = from.idle;
      limits = from.limits;
      queueBytes = from.queueBytes;
      maxClients = from.maxClients;
      corpora = from.corpora;
      snapshots = from.snapshots;
      keys = from.keys;
    }

    IndexConfig config() {
      return new IndexConfig(
          bootstrap,
          client,
          aeronDirectory,
          channel,
          embeddedDriver,
          idle,
          limits,
          queueBytes,
          maxClients,
          corpora,
          snapshots,
          keys);
    }
  }
}
