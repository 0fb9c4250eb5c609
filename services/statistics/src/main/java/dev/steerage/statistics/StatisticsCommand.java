package dev.steerage.statistics;

import dev.steerage.statistics.window.WindowPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `steerage statistics`: statistics as a process of its own.
@Command(
    name = "statistics",
    mixinStandardHelpOptions = true,
    description = "Counts code activations in windows and writes statistics for each tenant.",
    footer = "Several instances share the work. Ctrl-C commits and stops.")
public final class StatisticsCommand implements Callable<Integer> {
  private static final long GRACE_S = 30;
  private static final long LOOK_MS = 500;
  private static final long MIB = 1024 * 1024;

  @Option(
      names = "--bootstrap",
      required = true,
      paramLabel = "HOST:PORT",
      description = "Addresses of the Kafka brokers.")
  private String bootstrap;

  @Option(
      names = {"--client-properties", "--client-config"},
      paramLabel = "FILE",
      description = "Properties for the Kafka clients, e.g. security.")
  private Path clientConfig;

  @Option(
      names = "--application-id",
      paramLabel = "ID",
      defaultValue = "steerage-statistics",
      description = "Group of the instances that share the work. Default: ${DEFAULT-VALUE}.")
  private String applicationId;

  @Option(
      names = "--state-dir",
      paramLabel = "FOLDER",
      defaultValue = "${env:STEERAGE_DATA:-.steerage}/statistics",
      description = "Folder for Kafka Streams' own files; no counts. Default: ${DEFAULT-VALUE}.")
  private Path stateDir;

  @Option(
      names = "--windows",
      split = ",",
      paramLabel = "SECONDS",
      defaultValue = "10,60",
      description = "Window sizes; multiples of the smallest. Default: ${DEFAULT-VALUE}.")
  private List<Long> windowsSeconds;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "Stream threads. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--standbys",
      defaultValue = "0",
      description = "Warm copies of the counts on other instances. Default: ${DEFAULT-VALUE}.")
  private int standbys;

  @Option(
      names = "--state-mib",
      defaultValue = "256",
      description = "Most memory for counts. Default: ${DEFAULT-VALUE} MiB.")
  private long stateMib;

  @Option(
      names = "--api-port",
      defaultValue = "0",
      description = "Port of the HTTP API on the loopback address. Default: a free one.")
  private int apiPort;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> stop(asked, closed), "statistics-shutdown"));
    try (var service = StatisticsService.start(config())) {
      PrintWriter out = spec.commandLine().getOut();
      out.println("ready: statistics=" + service.apiAddress() + " bootstrap=" + bootstrap);
      out.flush();
      while (!asked.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
        if (service.isOver()) {
          throw new StatisticsException("statistics stopped after failures; the log says which");
        }
      }
    } finally {
      closed.countDown();
    }
    return 0;
  }

  private static void stop(CountDownLatch asked, CountDownLatch closed) {
    asked.countDown();
    try {
      closed.await(GRACE_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private StatisticsConfig config() throws IOException {
    StatisticsConfig defaults = StatisticsConfig.of(bootstrap, stateDir);
    return new StatisticsConfig(
        bootstrap,
        client(),
        applicationId,
        stateDir,
        WindowPlan.of(
            windowsSeconds.stream().map(Duration::ofSeconds).toList(),
            Duration.ofMillis(defaults.windows().graceMs())),
        defaults.updateEvery(),
        defaults.updatesPerRoundMax(),
        defaults.topCodes(),
        defaults.commitEvery(),
        threads,
        standbys,
        stateMib * MIB,
        defaults.sessionTimeout(),
        defaults.transactionTimeout(),
        StatisticsConfig.Api.onPort(apiPort));
  }

  private Map<String, String> client() throws IOException {
    Map<String, String> client = new HashMap<>();
    if (clientConfig != null) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(clientConfig)) {
        properties.load(reader);
      }
      properties.forEach((name, value) -> client.put(name.toString(), value.toString()));
    }
    return client;
  }
}
