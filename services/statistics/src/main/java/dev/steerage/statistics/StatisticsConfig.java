package dev.steerage.statistics;

import dev.steerage.statistics.window.WindowPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// How the statistics service runs.
///
/// @param bootstrap addresses of the brokers
/// @param client further properties of the Kafka clients: security, mostly
/// @param applicationId name of the group and prefix of the changelog
/// @param stateDir folder of Kafka Streams' own files; counts live on the heap and in the changelog
/// @param windows sizes of the tumbling windows and their grace
/// @param updateEvery how often changed open windows are written
/// @param updatesPerRoundMax most updates of one partition in one round
/// @param topCodes most active codes named in statistics
/// @param commitEvery how often counts become visible
/// @param threads stream threads
/// @param standbys copies of the counts kept warm on other instances
/// @param stateBytesMax bytes of counts held at most; records beyond are dead letters
/// @param sessionTimeout how long a dead instance is missed before others take over
/// @param transactionTimeout how long the transaction of a dead instance can hold readers back
/// @param api where live windows are read
public record StatisticsConfig(
    String bootstrap,
    Map<String, String> client,
    String applicationId,
    Path stateDir,
    WindowPlan windows,
    Duration updateEvery,
    int updatesPerRoundMax,
    int topCodes,
    Duration commitEvery,
    int threads,
    int standbys,
    long stateBytesMax,
    Duration sessionTimeout,
    Duration transactionTimeout,
    Api api) {

  private static final int TOP_CODES_MAX = 1_000;
  private static final long MIB = 1024 * 1024;

  /// The HTTP side; always on the loopback address.
  ///
  /// @param port 0: a free one
  /// @param connectionsMax open connections; more are refused
  /// @param requestTimeout longest time to read a request or write an answer
  public record Api(int port, int connectionsMax, Duration requestTimeout) {
    public Api {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("api port: " + port + ", limit=0..65535");
      }
      atLeast("api connections", connectionsMax, 1);
      positive("api request timeout", requestTimeout);
    }

    public static Api onPort(int port) {
      return new Api(port, 64, Duration.ofSeconds(10));
    }
  }

  public StatisticsConfig {
    client = Map.copyOf(client);
    positive("update interval", updateEvery);
    positive("commit interval", commitEvery);
    positive("session timeout", sessionTimeout);
    atLeast("updates per round", updatesPerRoundMax, 1);
    atLeast("threads", threads, 1);
    atLeast("standbys", standbys, 0);
    atLeast("top codes", topCodes, 0);
    if (topCodes > TOP_CODES_MAX) {
      throw new IllegalArgumentException("top codes: " + topCodes + ", limit=" + TOP_CODES_MAX);
    }
    if (stateBytesMax < 1) {
      throw new IllegalArgumentException("state: maxBytes=" + stateBytesMax + ", expected > 0");
    }
    if (transactionTimeout.compareTo(commitEvery) <= 0) {
      throw new IllegalArgumentException(
          "transaction timeout: "
              + transactionTimeout
              + ", expected more than the commit interval "
              + commitEvery);
    }
  }

  /// The defaults: windows of 10 s and 60 s, updates once a second, commits every 100 ms.
  public static StatisticsConfig of(String bootstrap, Path stateDir) {
    return new StatisticsConfig(
        bootstrap,
        Map.of(),
        "steerage-statistics",
        stateDir,
        WindowPlan.of(
            List.of(Duration.ofSeconds(10), Duration.ofSeconds(60)), Duration.ofMillis(500)),
        Duration.ofSeconds(1),
        2_000,
        10,
        Duration.ofMillis(100),
        1,
        0,
        256 * MIB,
        Duration.ofSeconds(6),
        Duration.ofSeconds(5),
        Api.onPort(0));
  }

  public StatisticsConfig withClient(Map<String, String> properties) {
    return with(draft -> draft.client = properties);
  }

  public StatisticsConfig withWindows(WindowPlan plan) {
    return with(draft -> draft.windows = plan);
  }

  public StatisticsConfig withApi(Api newApi) {
    return with(draft -> draft.api = newApi);
  }

  public StatisticsConfig withApplicationId(String id) {
    return with(draft -> draft.applicationId = id);
  }

  public StatisticsConfig withStateDir(Path folder) {
    return with(draft -> draft.stateDir = folder);
  }

  public StatisticsConfig withStateBytesMax(long bytes) {
    return with(draft -> draft.stateBytesMax = bytes);
  }

  public StatisticsConfig withScale(int newThreads, int newStandbys) {
    return with(
        draft -> {
          draft.threads = newThreads;
          draft.standbys = newStandbys;
        });
  }

  private StatisticsConfig with(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.config();
  }

  private static void atLeast(String what, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(what + ": " + value + ", expected at least " + least);
    }
  }

  private static void positive(String what, Duration value) {
    if (value.toMillis() < 1) {
      throw new IllegalArgumentException(what + ": " + value + ", expected at least 1 ms");
    }
  }

  /// One that can be changed: each `with` names its own part only.
  private static final class Draft {
    private String bootstrap;
    private Map<String, String> client;
    private String applicationId;
    private Path stateDir;
    private WindowPlan windows;
    private Duration updateEvery;
    private int updatesPerRoundMax;
    private int topCodes;
    private Duration commitEvery;
    private int threads;
    private int standbys;
    private long stateBytesMax;
    private Duration sessionTimeout;
    private Duration transactionTimeout;
    private Api api;

    Draft(StatisticsConfig from) {
      bootstrap = from.bootstrap;
      client = from.client;
      applicationId = from.applicationId;
      stateDir = from.stateDir;
      windows = from.windows;
      updateEvery = from.updateEvery;
      updatesPerRoundMax = from.updatesPerRoundMax;
      topCodes = from.topCodes;
      commitEvery = from.commitEvery;
      threads = from.threads;
      standbys = from.standbys;
      stateBytesMax = from.stateBytesMax;
      sessionTimeout = from.sessionTimeout;
      transactionTimeout = from.transactionTimeout;
      api = from.api;
    }

    StatisticsConfig config() {
      return new StatisticsConfig(
          bootstrap,
          client,
          applicationId,
          stateDir,
          windows,
          updateEvery,
          updatesPerRoundMax,
          topCodes,
          commitEvery,
          threads,
          standbys,
          stateBytesMax,
          sessionTimeout,
          transactionTimeout,
          api);
    }
  }
}
