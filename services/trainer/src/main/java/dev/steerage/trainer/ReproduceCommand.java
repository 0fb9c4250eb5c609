package dev.steerage.trainer;

import dev.steerage.trainer.run.ModelDigest;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `steerage reproduce`: trains a shipped model again and compares.
@Command(
    name = "reproduce",
    mixinStandardHelpOptions = true,
    description = "Trains a model again as its train.json says and compares the weights.",
    footer = "Equal within a numeric class: backend, instruction path, build. Resumable.")
public final class ReproduceCommand implements Callable<Integer> {
  private static final int DIFFERS = 1;

  @Parameters(paramLabel = "FOLDER", description = "A model folder with a train.json.")
  private Path model;

  @Option(
      names = "--run",
      required = true,
      paramLabel = "FOLDER",
      description = "Folder of the run; the same one goes on.")
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

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<String> arguments = new ArrayList<>();
    arguments.add(model.resolve("train.json").toString());
    arguments.addAll(List.of("--run", run.toString(), "--threads", String.valueOf(threads)));
    if (data != null) {
      arguments.addAll(List.of("--data", data.toString()));
    }
    int status =
        new CommandLine(new TrainCommand())
            .setOut(out)
            .setExecutionExceptionHandler(spec.commandLine().getExecutionExceptionHandler())
            .execute(arguments.toArray(String[]::new));
    Path made = run.resolve("model");
    if (status != 0 || !Files.isDirectory(made)) {
      return status;
    }
    String shipped = ModelDigest.of(model);
    String again = ModelDigest.of(made);
    out.printf("weights of %s: %s%nweights made now: %s%n", model, shipped, again);
    out.println(shipped.equals(again) ? "equal" : "not equal");
    out.flush();
    return shipped.equals(again) ? 0 : DIFFERS;
  }
}
