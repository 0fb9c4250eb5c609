package dev.steerage.experiments.variants;

import dev.steerage.experiments.ExperimentException;
import dev.steerage.ops.Backend;
import dev.steerage.ops.Team;
import dev.steerage.ops.TrainingBackend;
import dev.steerage.trainer.run.Source;
import dev.steerage.trainer.run.Sources;
import dev.steerage.trainer.run.TrainConfig;
import dev.steerage.trainer.run.TrainingRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// Trains the codes of one site, all else as it was, by a `train.json` of its own.
final class VariantRun {
  private final Path model;
  private final Path train;
  private final Path valid;
  private final Path runs;
  private final Backend backend;
  private final Training training;

  /// How it is trained.
  ///
  /// @param layer whose MLP output gets the codes
  /// @param startSequences whose activations codes begin from
  record Training(int layer, int length, int steps, int sequences, int startSequences, long seed) {}

  VariantRun(Path model, Path train, Path valid, Path runs, Backend backend, Training training) {
    this.model = model;
    this.train = train;
    this.valid = valid;
    this.runs = runs;
    this.backend = backend;
    this.training = training;
  }

  /// @return folder of the model made
  Path run(Kind kind, int codes) {
    Path folder = runs.resolve(kind.name().toLowerCase(Locale.ROOT) + "-" + codes);
    try {
      Files.createDirectories(folder);
      Path file = Files.writeString(folder.resolve("variant.json"), settings(kind, codes));
      TrainConfig config = TrainConfig.read(file, Optional.empty());
      try (Team team = new Team("variants", Runtime.getRuntime().availableProcessors())) {
        Source source =
            Sources.open(
                config,
                folder,
                team,
                (topic, _, _, _) -> {
                  throw new ExperimentException("data: topic=" + topic + " is not read here");
                });
        return new TrainingRun(
                config,
                folder,
                TrainingBackend.of(backend),
                team,
                source,
                new PrintWriter(Writer.nullWriter()),
                _ -> {},
                _ -> false)
            .run()
            .orElseThrow();
      }
    } catch (IOException e) {
      throw new ExperimentException("runs=" + folder + " cannot be written: " + e, e);
    }
  }

  private String settings(Kind kind, int codes) throws IOException {
    String base = Files.readString(model.resolve("base_config.json"));
    return """
    {"name": "%s-%d", "seed": %d, "length": %d, "tile-tokens": 512,
     "data": {"kind": "text", "train": ["%s"], "valid": ["%s"], "tokenizer": "%s"},
     "base": %s,
     "begin-with": "%s",
     "codebooks": {"codebook_at": ["mlp"], "codebook_type": ["%s"], "num_codes": [%d],
       "num_codebooks": [%d], "k_codebook": [1], "layers_to_snap": [%d],
       "similarity_metric": "inner_product", "loss": "aeloss"},
     "stages": [{"name": "codes", "codebooks": true, "train": "codebooks", "steps": %d,
       "batch-sequences": %d, "learning-rate": 0.001, "schedule": "linear",
       "warm-up-steps": 10, "variant": "%s", "redundancy-penalty": %s,
       "initialise": "sampled", "initialise-sequences": %d}],
     "save-every-steps": 100000, "evaluate-every-steps": 100000, "valid-sequences": 4}
    """
        .formatted(
            kind.name().toLowerCase(Locale.ROOT),
            codes,
            training.seed(),
            training.length(),
            path(train),
            path(valid),
            path(model.resolve("tokenizer.json")),
            base,
            path(model),
            kind.groups() == 1 ? "vanilla" : "group",
            codes,
            kind.groups(),
            training.layer(),
            training.steps(),
            training.sequences(),
            kind.variant(),
            kind.penalty(),
            training.startSequences());
  }

  private static String path(Path path) {
    return path.toAbsolutePath().normalize().toString().replace("\\", "\\\\");
  }
}
