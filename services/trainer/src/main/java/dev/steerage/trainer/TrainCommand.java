package dev.steerage.trainer;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.ops.Backends;
import dev.steerage.ops.Team;
import dev.steerage.ops.TrainingBackend;
import dev.steerage.trainer.kafka.KafkaReports;
import dev.steerage.trainer.kafka.KafkaTopicReader;
import dev.steerage.trainer.run.ReportSink;
import dev.steerage.trainer.run.Source;
import dev.steerage.trainer.run.Sources;
import dev.steerage.trainer.run.TopicReader;
import dev.steerage.trainer.run.TrainConfig;
import dev.steerage.trainer.run.TrainingRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `steerage train`: trains a model as a file says.
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = "Trains a codebook model as a train.json says, or goes on where it was.",
    footer =
        "Stops with Ctrl-C, is killed or loses power: the same command goes on from the last"
            + " checkpoint, to the same weights.")
public final class TrainCommand implements Callable<Integer> {
  private static final long GRACE_S = 60;

  @Parameters(paramLabel = "FILE", description = "The train.json of a model.")
  private Path file;

  @Option(
      names = "--run",
      paramLabel = "FOLDER",
      description = "Folder of the run. Default: a folder of the model's name in ${sys:user.dir}.")
  private Path run;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "Where the texts are that the file names. Default: beside the file.")
  private Path data;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads; the weights do not depend on them. Default: all cores.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--until-step",
      paramLabel = "N",
      defaultValue = "" + Long.MAX_VALUE,
      showDefaultValue = CommandLine.Help.Visibility.NEVER,
      description = "Stop after so many steps of all stages; without it the command goes on.")
  private long untilStep;

  @Option(
      names = "--backend",
      defaultValue = "auto",
      description = "native, vector, reference or auto. Default: ${DEFAULT-VALUE}.")
  private String backend;

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "Kafka brokers: metrics go to the topic steerage.TENANT.training.")
  private String bootstrap;

  @Option(
      names = "--client-config",
      paramLabel = "FILE",
      description = "Properties for the Kafka clients, e.g. security.")
  private Path clientConfig;

  @Option(
      names = "--tenant",
      defaultValue = "default",
      description = "Whose topic takes the metrics. Default: ${DEFAULT-VALUE}.")
  private String tenant;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    TrainConfig config = TrainConfig.read(file, Optional.ofNullable(data));
    Path folder = run != null ? run : Path.of(config.name());
    AtomicBoolean asked = new AtomicBoolean();
    CountDownLatch over = new CountDownLatch(1);
    Thread hook = new Thread(() -> stop(asked, over), "trainer-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try (Team team = new Team("trainer", threads);
        ReportSink reports = reports()) {
      Source source = Sources.open(config, folder, team, topics());
      var kernels = TrainingBackend.of(Backends.byName(backend));
      Optional<Path> model =
          new TrainingRun(
                  config,
                  folder,
                  kernels,
                  team,
                  source,
                  out,
                  reports,
                  steps -> asked.get() || steps >= untilStep)
              .run();
      model.ifPresent(path -> out.println("model: " + path));
      out.flush();
      return 0;
    } finally {
      over.countDown();
    }
  }

  private ReportSink reports() {
    return bootstrap == null ? report -> {} : new KafkaReports(clients(), new TenantId(tenant));
  }

  private TopicReader topics() {
    if (bootstrap == null) {
      return (topic, most, train, valid) -> {
        throw new TrainerException("data: topic=" + topic + " needs --bootstrap");
      };
    }
    return new KafkaTopicReader(clients());
  }

  private Map<String, Object> clients() {
    Map<String, Object> settings = new HashMap<>();
    if (clientConfig != null) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(clientConfig)) {
        properties.load(reader);
      } catch (IOException e) {
        throw new TrainerException("file=" + clientConfig + " cannot be read: " + e, e);
      }
      properties.forEach((key, value) -> settings.put(key.toString(), value));
    }
    settings.put("bootstrap.servers", bootstrap);
    return settings;
  }

  private static void stop(AtomicBoolean asked, CountDownLatch over) {
    asked.set(true);
    try {
      over.await(GRACE_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
