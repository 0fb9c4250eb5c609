package dev.steerage.trainer;

import dev.steerage.trainer.run.Agreement;
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
    description = {
      "Trains a model again as its train.json says; compares the weights, and every evaluation",
      "with the model's metrics.jsonl."
    },
    footer = {
      "Equal within a numeric class: backend, instruction path, build. Resumable.",
      "Status: 0 equal; 3 not equal, but the last loss within two standard errors of the",
      "recorded one; 1 neither."
    })
public final class ReproduceCommand implements Callable<Integer> {
  private static final int DIFFERS = 1;
  private static final int DIFFERS_WITHIN_ERROR = 3;

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

  @Option(
      names = "--until-step",
      paramLabel = "N",
      description = "Compare the evaluations of the first steps only.")
  private Long untilStep;

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
    if (untilStep != null) {
      arguments.addAll(List.of("--until-step", untilStep.toString()));
    }
    int status =
        new CommandLine(new TrainCommand())
            .setOut(out)
            .setExecutionExceptionHandler(spec.commandLine().getExecutionExceptionHandler())
            .execute(arguments.toArray(String[]::new));
    Path made = run.resolve("model");
    if (status != 0) {
      return status;
    }
    Agreement metrics = Agreement.of(model, run);
    out.printf(
        "evaluations equal to the recorded ones: %d of %d; last loss %+.6f off, standard error"
            + " %.6f%n",
        metrics.equal(), metrics.compared(), metrics.difference(), metrics.error());
    if (!Files.isDirectory(made)) {
      out.println(metrics.isExact() ? "equal so far" : "not equal");
      out.flush();
      return metrics.isExact() ? 0 : differs(metrics);
    }
    String shipped = ModelDigest.of(model);
    String again = ModelDigest.of(made);
    out.printf("weights of %s: %s%nweights made now: %s%n", model, shipped, again);
    out.println(shipped.equals(again) ? "equal" : "not equal");
    out.flush();
    return shipped.equals(again) ? 0 : differs(metrics);
  }

  private static int differs(Agreement metrics) {
    return metrics.isWithinError() ? DIFFERS_WITHIN_ERROR : DIFFERS;
  }
}
