package dev.steerage.worker;

import dev.steerage.worker.WorkerConfig.LiveStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `steerage worker`: one model as a process of its own.
@Command(
    name = "worker",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs a model: prompts and rules in, tokens and activations out.",
    footer = "Start as many as you like: workers of one model share its work. Ctrl-C hands over.")
public final class WorkerCommand implements Callable<Integer> {
  private static final long GRACE_S = 20;

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      required = true,
      description = "Address of the Kafka cluster.")
  private String bootstrap;

  @Option(
      names = "--client-properties",
      paramLabel = "FILE",
      description = "Further properties of all Kafka clients.")
  private Path clientProperties;

  @Option(
      names = "--model",
      paramLabel = "FOLDER",
      required = true,
      description = "Folder of the checkpoint; its name is the model's name.")
  private Path model;

  @Mixin private ComputeOptions compute;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of this worker, unique in its group. Default: worker-<process id>.")
  private String name;

  @Option(
      names = "--aeron-dir",
      paramLabel = "FOLDER",
      description = "Folder of an Aeron media driver; live activations go there. Default: none.")
  private String aeronFolder;

  @Option(
      names = "--aeron-channel",
      paramLabel = "CHANNEL",
      description = "Aeron channel of live activations. Default: aeron:ipc.")
  private String aeronChannel;

  @Option(
      names = "--tick-ms",
      paramLabel = "MS",
      defaultValue = "25",
      description = "Time between two commits. Default: ${DEFAULT-VALUE}.")
  private int tickMs;

  @Option(
      names = "--session-ms",
      paramLabel = "MS",
      defaultValue = "3000",
      description =
          "Silence after which others take over; brokers allow 6000 or more unless"
              + " group.min.session.timeout.ms says otherwise. Default: ${DEFAULT-VALUE}.")
  private int sessionMs;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    var stop = new CountDownLatch(1);
    var stopped = new CountDownLatch(1);
    var hook =
        new Thread(
            () -> {
              stop.countDown();
              await(stopped);
            },
            "worker-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try (WorkerService worker = WorkerService.start(config())) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          "ready: model="
              + config().modelName()
              + " worker="
              + config().name()
              + " class="
              + worker.engine().numericClass());
      out.flush();
      CompletableFuture<Throwable> failure = worker.failure();
      failure.thenRun(stop::countDown);
      stop.await();
      if (failure.isDone()) {
        spec.commandLine().getErr().println("worker: " + failure.join());
        return 1;
      }
      return 0;
    } finally {
      stopped.countDown();
    }
  }

  private static void await(CountDownLatch stopped) {
    try {
      stopped.await(GRACE_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  WorkerConfig config() {
    String workerName = name == null ? "worker-" + ProcessHandle.current().pid() : name;
    WorkerTiming usual = WorkerTiming.USUAL;
    try {
      return new WorkerConfig(
          bootstrap,
          client(),
          model,
          compute.compute(),
          workerName,
          WorkerLimits.USUAL,
          new WorkerTiming(
              tickMs,
              sessionMs,
              usual.transactionMs(),
              usual.discoveryMs(),
              usual.commandHoldMs(),
              usual.drainMs()),
          Optional.ofNullable(aeronFolder)
              .map(folder -> new LiveStream(folder, Optional.ofNullable(aeronChannel))));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private Map<String, String> client() {
    if (clientProperties == null) {
      return Map.of();
    }
    var properties = new Properties();
    try (InputStream in = Files.newInputStream(clientProperties)) {
      properties.load(in);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "client properties cannot be read: file=" + clientProperties, e);
    }
    Map<String, String> client = new HashMap<>();
    properties.stringPropertyNames().forEach(key -> client.put(key, properties.getProperty(key)));
    return client;
  }
}
