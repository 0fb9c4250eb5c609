package dev.steerage.index;

import dev.steerage.index.build.IndexBuildCommand;
import dev.steerage.index.build.IndexMeasureCommand;
import dev.steerage.index.snapshot.SnapshotSettings;
import dev.steerage.index.store.IndexLimits;
import dev.steerage.schemas.aeron.IndexStreams;
import dev.steerage.schemas.aeron.TenantKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `steerage index`: a code index as a process of its own.
@Command(
    name = "index",
    mixinStandardHelpOptions = true,
    description = "Runs a code index: what is known about every code, answered over Aeron.",
    footer = "What it knows of live traffic comes from its snapshot and Kafka. Ctrl-C stops it.",
    subcommands = {IndexBuildCommand.class, IndexMeasureCommand.class, IndexDigestCommand.class})
public final class IndexCommand implements Callable<Integer> {
  private static final long GRACE_S = 20;
  private static final long MIB = 1024 * 1024;

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "The Kafka cluster; needed unless a subcommand is given.")
  private String bootstrap;

  @Option(
      names = "--client-properties",
      paramLabel = "FILE",
      description = "Further properties of the Kafka clients: security and the like.")
  private Path clientProperties;

  @Option(
      names = "--aeron-dir",
      paramLabel = "FOLDER",
      description = "Folder of the media driver. Default: one per user, in shared memory.")
  private Path aeronDirectory = IndexStreams.defaultDirectory();

  @Option(
      names = "--channel",
      paramLabel = "CHANNEL",
      defaultValue = IndexStreams.DEFAULT_CHANNEL,
      description =
          "Where workers and clients reach it: ${DEFAULT-VALUE}, or aeron:udp?endpoint=HOST:PORT,"
              + " which also uses the next port.")
  private String channel;

  @Option(
      names = "--external-driver",
      description = "Use the media driver that runs in the folder instead of one of its own.")
  private boolean externalDriver;

  @Option(
      names = "--idle",
      paramLabel = "PROFILE",
      defaultValue = "ECONOMICAL",
      description =
          "What its threads do when idle: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private IdleProfile idle;

  @Option(
      names = "--counts-mib",
      paramLabel = "MIB",
      description = "Most memory of counts. Default: 128.")
  private long countsMib = IndexLimits.defaults().countsBytes() / MIB;

  @Option(
      names = "--requests-mib",
      paramLabel = "MIB",
      description = "Most memory of recent requests. Default: 32.")
  private long requestsMib = IndexLimits.defaults().requestBytes() / MIB;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      defaultValue = "${env:STEERAGE_DATA:-.steerage}",
      description = "Its folder 'corpora' is served. Default: $$STEERAGE_DATA, else .steerage.")
  private Path data;

  @Option(
      names = "--snapshots",
      paramLabel = "FOLDER",
      description =
          "Where it keeps what it knows, so that a restart reads only what came since."
              + " Default: 'index' of --data. Two indexes need two folders.")
  private Path snapshots;

  @Option(
      names = "--snapshot-interval-s",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "Least time between two snapshots; 0: none. Default: ${DEFAULT-VALUE}.")
  private int snapshotIntervalS;

  @Option(
      names = "--keys",
      paramLabel = "FILE",
      defaultValue = "${env:STEERAGE_INDEX_KEYS:-}",
      description =
          "Lines 'tenant=key': who looks up a tenant's codes proves that it has the key."
              + " Default: $$STEERAGE_INDEX_KEYS, else every name is believed.")
  private String keys;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (bootstrap == null) {
      throw new ParameterException(spec.commandLine(), "Missing required option: '--bootstrap'");
    }
    var stop = new CountDownLatch(1);
    var stopped = new CountDownLatch(1);
    var hook = new Thread(() -> stop(stop, stopped), "index-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try (var _ = IndexService.start(config())) {
      PrintWriter out = spec.commandLine().getOut();
      out.println("ready: index aeronDir=" + aeronDirectory + " channel=" + channel);
      out.flush();
      stop.await();
    } finally {
      stopped.countDown();
    }
    return 0;
  }

  /// The JVM ends when the service is closed, or after the grace time.
  private static void stop(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      stopped.await(GRACE_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private IndexConfig config() throws IOException {
    IndexConfig config =
        IndexConfig.of(bootstrap, aeronDirectory)
            .withClient(client())
            .withChannel(channel)
            .withEmbeddedDriver(!externalDriver)
            .withIdle(idle)
            .withCorpora(data.resolve("corpora"))
            .withLimits(IndexLimits.defaults().withBytes(countsMib * MIB, requestsMib * MIB));
    if (!keys.isEmpty()) {
      config = config.withKeys(TenantKeys.read(Path.of(keys)));
    }
    Path folder = snapshots == null ? data.resolve("index") : snapshots;
    return snapshotIntervalS == 0
        ? config
        : config.withSnapshots(new SnapshotSettings(folder, Duration.ofSeconds(snapshotIntervalS)));
  }

  private Map<String, String> client() throws IOException {
    var properties = new Properties();
    if (clientProperties != null) {
      try (Reader reader = Files.newBufferedReader(clientProperties)) {
        properties.load(reader);
      }
    }
    Map<String, String> client = new HashMap<>();
    properties.stringPropertyNames().forEach(key -> client.put(key, properties.getProperty(key)));
    return client;
  }
}
