package dev.steerage.trainer.run;

import dev.steerage.trainer.TrainerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/// The models that a run leaves in its folder: that of every stage but the last in `stages`; where
/// the config asks for it, those of some steps in `kept` and the best of the last stage in `best`;
/// the result in `model`, with what tells how it was made.
final class Results {
  static final String STAGES = "stages";
  private static final String BEST = "best";
  private static final List<String> PROVENANCE = List.of("train.json", "metrics.jsonl");

  private final Path folder;
  private final TrainConfig config;
  private final Checkpoints checkpoints;

  Results(Path folder, TrainConfig config, Checkpoints checkpoints) {
    this.folder = folder;
    this.config = config;
    this.checkpoints = checkpoints;
  }

  /// Keeps what a stage made.
  void endOfStage(StageState state, int number) {
    write(state, folder.resolve(STAGES).resolve(number + 1 + "-" + state.plan.name()));
  }

  /// The name of the stage that ended with a folder of [#endOfStage].
  static String stage(Path model) {
    String name = model.getFileName().toString();
    return name.substring(name.indexOf('-') + 1);
  }

  /// Keeps what the model is now, whatever comes later.
  void keep(StageState state, long steps) {
    write(state, folder.resolve("kept").resolve("step-%09d".formatted(steps)));
  }

  /// Keeps the best so far.
  void best(StageState state) {
    write(state, folder.resolve(BEST));
  }

  /// Leaves the result of the run.
  Path end(StageState state) {
    Path model = folder.resolve("model");
    if (!config.keepsBest()) {
      write(state, model);
    }
    try {
      if (config.keepsBest()) {
        copy(folder.resolve(BEST), model);
      }
      for (String file : PROVENANCE) {
        Files.copy(folder.resolve(file), model.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
      return model;
    } catch (IOException e) {
      throw failed(model, e);
    }
  }

  /// Whole or not at all.
  private void write(StageState state, Path to) {
    Path partial = to.resolveSibling(to.getFileName() + ".partial");
    try {
      Checkpoints.delete(partial);
      Files.createDirectories(partial);
      checkpoints.writeModel(state, partial);
      Checkpoints.delete(to);
      Files.move(partial, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw failed(to, e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Checkpoints.delete(to);
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static TrainerException failed(Path model, IOException e) {
    return new TrainerException("model=" + model + " cannot be written: " + e.getMessage(), e);
  }
}
