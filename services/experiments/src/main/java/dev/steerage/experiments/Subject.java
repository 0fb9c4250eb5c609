package dev.steerage.experiments;

import dev.steerage.experiments.report.Report;
import dev.steerage.ops.Backend;
import dev.steerage.trainer.data.AutomatonFile;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.checkpoint.CheckpointException;
import dev.steerage.transformer.evaluation.AutomatonTokens;
import java.nio.file.Files;
import java.nio.file.Path;

/// A model under measurement, by the name that reports give it.
public record Subject(String name, Path folder, CodebookTransformer model)
    implements AutoCloseable {

  static Subject open(Path models, String given, Backend backend) {
    int sign = given.indexOf('=');
    String name = sign > 0 ? given.substring(0, sign) : given;
    String place = given.substring(sign + 1);
    Path named = models.resolve(place);
    Path folder = !place.contains("/") && Files.isDirectory(named) ? named : Path.of(place);
    if (!Files.isDirectory(folder)) {
      throw new ExperimentException(
          "no model '%s': neither in %s nor a folder".formatted(place, models));
    }
    try {
      String last = folder.toAbsolutePath().normalize().getFileName().toString();
      return new Subject(
          sign > 0 || !name.contains("/") ? name : last,
          folder,
          CodebookTransformer.load(folder, backend));
    } catch (CheckpointException e) {
      throw new ExperimentException(e.getMessage(), e);
    }
  }

  /// Puts into a report what is measured here.
  public void describe(Report report) {
    report.setting("model " + name, "`" + model.hash() + "`");
    report.setting("numeric class", "`" + model.numericClass() + "`");
  }

  /// The automaton in the model's folder, in the model's tokens.
  public AutomatonTokens automaton() {
    return AutomatonTokens.of(model, AutomatonFile.read(folder.resolve("automaton.json")));
  }

  @Override
  public void close() {
    model.close();
  }
}
