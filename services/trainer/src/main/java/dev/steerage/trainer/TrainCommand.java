package dev.steerage.trainer;

import dev.steerage.ops.Backends;
import dev.steerage.ops.TrainingBackend;
import dev.steerage.trainer.run.Source;
import dev.steerage.trainer.run.Sources;
import dev.steerage.trainer.run.TrainConfig;
import dev.steerage.trainer.run.TrainingRun;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
      names = "--threads",
      paramLabel = "N",
      description = "Threads; the weights do not depend on them. Default: all cores.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--backend",
      defaultValue = "auto",
      description = "native, vector, reference or auto. Default: ${DEFAULT-VALUE}.")
  private String backend;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    TrainConfig config = TrainConfig.read(file);
    Path folder = run != null ? run : Path.of(config.name());
    AtomicBoolean asked = new AtomicBoolean();
    CountDownLatch over = new CountDownLatch(1);
    Thread hook = new Thread(() -> stop(asked, over), "trainer-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try (Pool pool = new Pool(threads)) {
      Source source = Sources.open(config, folder);
      var kernels = TrainingBackend.of(Backends.byName(backend));
      Optional<Path> model =
          new TrainingRun(config, folder, kernels, pool, source, out, report -> {}, asked::get)
              .run();
      model.ifPresent(path -> out.println("model: " + path));
      out.flush();
      return 0;
    } finally {
      over.countDown();
    }
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
