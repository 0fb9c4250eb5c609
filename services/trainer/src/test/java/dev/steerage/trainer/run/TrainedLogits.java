package dev.steerage.trainer.run;

import dev.steerage.ops.Backends;
import dev.steerage.ops.Floats;
import dev.steerage.ops.Team;
import dev.steerage.ops.TrainingBackend;
import dev.steerage.trainer.model.Batch;
import dev.steerage.trainer.model.Blueprint;
import dev.steerage.trainer.model.CodeLoss;
import dev.steerage.trainer.model.CodeRule;
import dev.steerage.trainer.model.PackedModel;
import dev.steerage.trainer.model.ParameterLoader;
import dev.steerage.trainer.model.Precision;
import dev.steerage.trainer.model.TilePass;
import dev.steerage.transformer.checkpoint.StoredTensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// The training forward of a saved model.
final class TrainedLogits {
  private final TrainConfig config;
  private final Path model;

  TrainedLogits(TrainConfig config, Path model) {
    this.config = config;
    this.model = model;
  }

  /// Log-probabilities of what follows the prompt.
  double[] logprobs(int[] prompt) {
    TrainingBackend backend = TrainingBackend.of(Backends.byName("auto"));
    Blueprint blueprint = new Blueprint(config.shape(), config.placements(config.shape()));
    try (Arena arena = Arena.ofShared();
        Team team = new Team("trainer", 1)) {
      MemorySegment parameters = arena.allocate(blueprint.plan().elements() * Float.BYTES, 64);
      ParameterLoader.load(
          StoredTensors.open(model.resolve("model.safetensors"), arena), blueprint, parameters);
      TilePass pass = new TilePass(blueprint, backend, 1, 1, prompt.length, Precision.F32, arena);
      try (PackedModel packed =
          new PackedModel(blueprint, parameters, backend.forward(), team, true)) {
        pass.forward(
            packed,
            Batch.shifted(1, prompt.length, prompt),
            0,
            1,
            new CodeRule(CodeLoss.AELOSS, 0, prompt.length, 1, 0));
        int vocabulary = blueprint.shape().vocabulary();
        double[] row = new double[vocabulary];
        double sum = 0;
        for (int i = 0; i < vocabulary; i++) {
          row[i] = Floats.get(pass.logits(), (prompt.length - 1L) * vocabulary + i);
          sum += Math.exp(row[i]);
        }
        for (int i = 0; i < vocabulary; i++) {
          row[i] -= Math.log(sum);
        }
        return row;
      }
    }
  }
}
