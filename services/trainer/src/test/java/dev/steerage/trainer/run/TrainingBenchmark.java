package dev.steerage.trainer.run;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Backends;
import dev.steerage.ops.Team;
import dev.steerage.ops.TrainingBackend;
import dev.steerage.testkit.BenchmarkMachine;
import dev.steerage.trainer.data.Randomness;
import dev.steerage.trainer.data.Randomness.Purpose;
import dev.steerage.trainer.data.TokenSource;
import dev.steerage.trainer.model.Batch;
import dev.steerage.trainer.model.PackedModel;
import dev.steerage.trainer.optimise.Beginning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;

/// Tokens per second of whole training steps: forward, backward, optimizer, packing.
///
/// Writes `services/trainer/benchmarks/results/<date>.md`; argument: what else ran on the machine.
public final class TrainingBenchmark {
  private static final int RUNS = 5;
  private static final long RUN_NS = 5_000_000_000L;
  private static final int WARM_UP_STEPS = 5;

  private static final String TOKFSM =
      """
      {"name": "tokfsm", "length": 128, "data": {"kind": "automaton"},
       "base": {"model_type": "gpt_neox", "vocab_size": 11, "max_position_embeddings": 128,
         "hidden_size": 128, "num_hidden_layers": 4, "num_attention_heads": 4,
         "intermediate_size": 512},
       "codebooks": {"codebook_at": ["attn_preproj", "mlp"], "codebook_type": ["group", "vanilla"],
         "num_codes": [500, 1000], "num_codebooks": [-1, 1], "k_codebook": [1, 1]},
       "stages": [{"steps": 1, "batch-sequences": 64},
         {"steps": 1, "batch-sequences": 64, "codebooks": true}]}
      """;
  private static final String LANGUAGE =
      """
      {"name": "language model, 5.2 M parameters", "length": 256, "tile-tokens": 512,
       "data": {"kind": "text"},
       "base": {"model_type": "gpt_neox", "vocab_size": 4096, "max_position_embeddings": 256,
         "hidden_size": 256, "num_hidden_layers": 4, "num_attention_heads": 8,
         "intermediate_size": 1024},
       "codebooks": {"codebook_at": ["attn_preproj"], "codebook_type": ["group"],
         "num_codes": [1000], "num_codebooks": [-1], "k_codebook": [8]},
       "stages": [{"steps": 1, "batch-sequences": 16},
         {"steps": 1, "batch-sequences": 16, "codebooks": true}]}
      """;

  /// Token ids without meaning: what is learned does not change how long it takes.
  private record Noise(int vocabulary) implements TokenSource {
    @Override
    public Batch train(long first, int count, int length) {
      int[] tokens = new int[count * length];
      for (int s = 0; s < count; s++) {
        SplittableRandom random = Randomness.of(1, Purpose.TRAIN, first + s);
        for (int i = 0; i < length; i++) {
          tokens[s * length + i] = random.nextInt(vocabulary);
        }
      }
      return Batch.shifted(count, length, tokens);
    }

    @Override
    public Batch valid(long first, int count, int length) {
      return train(first, count, length);
    }

    @Override
    public long validSequences(int length) {
      return Long.MAX_VALUE;
    }
  }

  private final List<String> lines = new ArrayList<>();
  private final Backend backend = Backends.byName("auto");

  private TrainingBenchmark() {}

  public static void main(String[] args) throws IOException {
    TrainingBenchmark benchmark = new TrainingBenchmark();
    benchmark.head();
    for (String model : List.of(TOKFSM, LANGUAGE)) {
      for (int stage = 0; stage < 2; stage++) {
        for (int threads : new int[] {1, Runtime.getRuntime().availableProcessors()}) {
          for (String precision : List.of("f32", "bf16")) {
            benchmark.run(model, precision, stage, threads);
          }
        }
      }
    }
  }

  private void head() {
    say("# Training, " + LocalDate.now());
    say("");
    say("- Machine: " + BenchmarkMachine.look());
    say("- Backend " + backend.name() + ", path " + backend.instructionPath());
    say(
        "- Whole steps of "
            + RUN_NS / 1_000_000_000
            + " s, "
            + RUNS
            + " runs each: median (least to most)");
    say("");
    say("| model | codebooks | threads | products | tokens/s |");
    say("|---|---|---|---|---|");
  }

  private void run(String text, String precision, int stage, int threads) throws IOException {
    Path file = Files.createTempFile("train", ".json");
    try (Team team = new Team("trainer", threads)) {
      Files.writeString(
          file, text.replaceFirst("\"name\"", "\"precision\": \"" + precision + "\", \"name\""));
      TrainConfig config = TrainConfig.read(file, Optional.empty());
      try (StageState state = new StageState(config, stage, TrainingBackend.of(backend), team)) {
        Beginning.fill(state.parameters, state.blueprint, state.blueprint.plan().all(), 1);
        Noise source = new Noise(config.shape().vocabulary());
        if (state.plan.codebooks()) {
          state.startCodes(source);
        }
        for (int step = 0; step < WARM_UP_STEPS; step++) {
          step(config, state, source, step);
        }
        double[] perSecond = new double[RUNS];
        for (int run = 0; run < RUNS; run++) {
          perSecond[run] = measure(config, state, source);
        }
        Arrays.sort(perSecond);
        say(
            String.format(
                Locale.ROOT,
                "| %s | %s | %d | %s | %,.0f (%,.0f to %,.0f) |",
                config.name(),
                state.plan.codebooks() ? codebooks(config) : "none",
                threads,
                precision,
                perSecond[RUNS / 2],
                perSecond[0],
                perSecond[RUNS - 1]));
        write();
      }
    } finally {
      Files.delete(file);
    }
  }

  private static String codebooks(TrainConfig config) {
    return config.codebooks().orElseThrow().root().get("num_codes").toString()
        + " codes, k = "
        + config.codebooks().orElseThrow().root().get("k_codebook");
  }

  private static double measure(TrainConfig config, StageState state, Noise source) {
    long beganNs = System.nanoTime();
    long tokens = 0;
    long step = WARM_UP_STEPS;
    while (System.nanoTime() - beganNs < RUN_NS) {
      tokens += step(config, state, source, step++);
    }
    return tokens / ((System.nanoTime() - beganNs) / 1e9);
  }

  private static int step(TrainConfig config, StageState state, Noise source, long step) {
    Batch batch =
        source.train(step * state.plan.sequences(), state.plan.sequences(), config.length());
    try (PackedModel model = state.pack()) {
      state.runner.run(model, batch, state.rule(step, batch), state.usage);
    }
    state.update(1e-4, step + 1);
    return batch.tokens().length;
  }

  private void say(String line) {
    lines.add(line);
    System.err.println(line);
  }

  private void write() throws IOException {
    Path results = Path.of(System.getProperty("results", "benchmarks/results"));
    Files.createDirectories(results);
    Files.write(results.resolve(LocalDate.now() + ".md"), lines);
  }
}
