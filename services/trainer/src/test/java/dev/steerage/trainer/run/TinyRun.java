package dev.steerage.trainer.run;

import dev.steerage.ops.Backends;
import dev.steerage.ops.Team;
import dev.steerage.ops.TrainingBackend;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongPredicate;

/// A run of a tiny model on a small automaton: two stages, all that a large one has.
public final class TinyRun {
  private static final TrainingBackend BACKEND = TrainingBackend.of(Backends.byName("auto"));

  private TinyRun() {}

  /// A config: dense steps, then steps with codebooks.
  static Path config(Path folder, int dense, int codes, String learningRate) {
    return config(folder, dense, codes, learningRate, 11);
  }

  static Path config(Path folder, int dense, int codes, String learningRate, int vocabulary) {
    String text =
        """
        {"name": "tiny", "seed": 3, "length": 16, "tile-tokens": 32,
         "data": {"kind": "automaton", "states": 12, "edges": 2, "automaton-seed": 5},
         "base": {"model_type": "gpt_neox", "vocab_size": %d, "max_position_embeddings": 32,
           "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
           "intermediate_size": 32, "rotary_pct": 0.5, "bos_token_id": 10, "eos_token_id": 10},
         "codebooks": {"codebook_at": ["attn_preproj", "mlp"],
           "codebook_type": ["group", "vanilla"], "num_codes": [12, 24], "num_codebooks": [2, 1],
           "k_codebook": [1, 2], "loss": "aeloss"},
         "stages": [
           {"name": "dense", "steps": %d, "batch-sequences": 10, "learning-rate": %s,
            "weight-decay": 0.01},
           {"name": "codes", "codebooks": true, "steps": %d, "batch-sequences": 10,
            "learning-rate": 0.005, "schedule": "linear", "warm-up-steps": 2,
            "initialise": "kmeans", "initialise-sequences": 6, "kmeans-rounds": 3,
            "replace-after-steps": 3, "active-from": 4, "active-decay-steps": 5}],
         "save-every-steps": 4, "evaluate-every-steps": 5, "valid-sequences": 12}
        """
            .formatted(vocabulary, dense, learningRate, codes);
    try {
      return Files.writeString(folder.resolve("train.json"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Optional<Path> train(Path config, Path folder, int threads) {
    return train(config, folder, threads, _ -> false);
  }

  static Optional<Path> train(Path config, Path folder, int threads, LongPredicate stop) {
    TrainConfig read = TrainConfig.read(config, Optional.empty());
    try (Team team = new Team("trainer", threads)) {
      Source source = Sources.open(read, folder, team, null);
      PrintWriter out = new PrintWriter(new StringWriter());
      return new TrainingRun(read, folder, BACKEND, team, source, out, report -> {}, stop).run();
    }
  }

  /// The weights of a model folder.
  static byte[] weights(Path model) {
    try {
      return Files.readAllBytes(model.resolve("model.safetensors"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
