package dev.steerage.trainer.optimise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.steerage.ops.Backends;
import dev.steerage.ops.Floats;
import dev.steerage.ops.Team;
import dev.steerage.ops.TrainingBackend;
import dev.steerage.schemas.json.Json;
import dev.steerage.trainer.Settings;
import dev.steerage.trainer.model.Activations;
import dev.steerage.trainer.model.Batch;
import dev.steerage.trainer.model.Blueprint;
import dev.steerage.trainer.model.CodeLoss;
import dev.steerage.trainer.model.CodeRule;
import dev.steerage.trainer.model.ModelShape;
import dev.steerage.trainer.model.PackedModel;
import dev.steerage.trainer.model.Parameter;
import dev.steerage.trainer.model.Placement;
import dev.steerage.trainer.model.Precision;
import dev.steerage.trainer.model.Usage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Codebooks at the positions for which there are no golden vectors, by finite differences.
///
/// Where the codes are the layer-normalised inputs themselves, every row finds its own: the model
/// then is smooth, and the straight-through gradient of everything before the codes is its slope.
class SnapPlacesTrainingTest {
  private static final int SEQUENCES = 3;
  private static final int LENGTH = 6;
  private static final int ROWS = SEQUENCES * LENGTH;
  private static final float STEP = 0x1p-8f;

  @ParameterizedTest
  @CsvSource({
    "gpt_neox, true, qkv", "gpt_neox, false, qkv", "gpt2, false, qkv",
    "gpt_neox, true, attn_plus_mlp", "gpt_neox, false, attn_plus_mlp", "gpt2, false, attn_plus_mlp",
    "gpt2, false, mlp"
  })
  void shouldGiveTheSlopeOfTheLoss(String architecture, boolean parallel, String at) {
    try (Arena arena = Arena.ofShared();
        Team team = new Team("trainer", 1);
        Model model = new Model(architecture, parallel, at, team, arena)) {
      model.takeActivationsAsCodes();
      MemorySegment gradients = model.gradients();
      Random random = new Random(3);
      double largest = 0;
      for (Parameter parameter : model.blueprint.plan().all()) {
        boolean isCodes = parameter.name().endsWith("codebook.weight");
        for (int n = 0; n < 4; n++) {
          long i = parameter.offset() + random.nextInt((int) parameter.count());
          double slope = (model.loss(i, STEP, !isCodes) - model.loss(i, -STEP, !isCodes));
          slope /= 2 * STEP;
          largest = Math.max(largest, Math.abs(slope));
          assertThat((double) Floats.get(gradients, i))
              .as("%s, element %d", parameter.name(), i - parameter.offset())
              .isCloseTo(slope, within(2e-3));
        }
      }
      assertThat(largest).as("slopes are large enough to tell").isGreaterThan(0.02);
    }
  }

  private static final class Model implements AutoCloseable {
    private final TrainingBackend backend = TrainingBackend.of(Backends.byName("native"));
    private final CodeRule rule = new CodeRule(CodeLoss.BASE, 0, ROWS, 1, 0);
    private final Team team;
    private final Blueprint blueprint;
    private final MemorySegment parameters;
    private final MemorySegment given;
    private final Batch batch;
    private final BatchRunner runner;

    Model(String architecture, boolean parallel, String at, Team team, Arena arena) {
      this.team = team;
      ModelShape shape =
          ModelShape.of(
              settings(
                  """
                  {"model_type": "%s", "vocab_size": 19, "max_position_embeddings": 8,
                   "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
                   "intermediate_size": 32, "rotary_pct": 0.5, "use_parallel_residual": %s,
                   "n_positions": 8, "n_embd": 16, "n_layer": 1, "n_head": 2, "n_inner": 32}
                  """
                      .formatted(architecture, parallel)));
      var placements =
          Placement.of(
              settings(
                  """
                  {"codebook_at": ["%s"], "codebook_type": ["vanilla"], "num_codes": [%d],
                   "num_codebooks": [2], "k_codebook": [1], "layers_to_snap": [0]}
                  """
                      .formatted(at, ROWS)),
              shape);
      blueprint = new Blueprint(shape, placements);
      long elements = blueprint.plan().elements();
      parameters = arena.allocate(elements * Float.BYTES, 64);
      given = arena.allocate(elements * Float.BYTES, 64);
      Beginning.fill(parameters, blueprint, blueprint.plan().all(), 5);
      Random random = new Random(1);
      for (long i = 0; i < elements; i++) {
        Floats.set(parameters, i, Floats.get(parameters, i) + 0.3f * (float) random.nextGaussian());
      }
      // No token twice: of two equal codes the slope of one would be nothing.
      int[] tokens = IntStream.range(0, ROWS).map(i -> 7 * i % 19).toArray();
      batch = Batch.shifted(SEQUENCES, LENGTH, tokens);
      runner = new BatchRunner(blueprint, backend, team, SEQUENCES, LENGTH, ROWS, 1, Precision.F32);
    }

    private static Settings settings(String json) {
      return new Settings("test", Json.parse(json.getBytes(StandardCharsets.UTF_8), 1 << 16));
    }

    void takeActivationsAsCodes() {
      try (Arena scratch = Arena.ofShared();
          PackedModel dense =
              new PackedModel(blueprint, parameters, backend.forward(), team, false)) {
        Activations found =
            Activations.collect(blueprint, dense, runner.pass(), batch, SEQUENCES, rule, scratch);
        for (int site = 0; site < blueprint.sites().size(); site++) {
          for (int row = 0; row < ROWS; row++) {
            found.copy(site, row, parameters, row);
          }
        }
      }
    }

    MemorySegment gradients() {
      try (PackedModel packed =
          new PackedModel(blueprint, parameters, backend.forward(), team, true)) {
        runner.run(packed, batch, rule, new Usage(blueprint));
        return runner.gradients();
      }
    }

    /// The loss with one parameter changed, and again as it was afterwards.
    double loss(long at, float by, boolean codesFollow) {
      given.copyFrom(parameters);
      Floats.set(parameters, at, Floats.get(parameters, at) + by);
      if (codesFollow) {
        takeActivationsAsCodes();
      }
      try (PackedModel packed =
          new PackedModel(blueprint, parameters, backend.forward(), team, true)) {
        return runner.evaluate(packed, batch, rule, new Usage(blueprint), _ -> {}).loss();
      } finally {
        parameters.copyFrom(given);
      }
    }

    @Override
    public void close() {
      runner.close();
    }
  }
}
