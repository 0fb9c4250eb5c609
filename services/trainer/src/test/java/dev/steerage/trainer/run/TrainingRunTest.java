package dev.steerage.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steerage.ops.Backends;
import dev.steerage.schemas.json.Json;
import dev.steerage.trainer.TrainerException;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.generation.BatchLimits;
import dev.steerage.transformer.generation.CodeView;
import dev.steerage.transformer.generation.ContinuousBatch;
import dev.steerage.transformer.generation.FinishReason;
import dev.steerage.transformer.generation.GenerationListener;
import dev.steerage.transformer.generation.GenerationRequest;
import dev.steerage.transformer.generation.Sampling;
import dev.steerage.transformer.generation.SteeringSource;
import dev.steerage.transformer.generation.TopLogprobs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class TrainingRunTest {
  @TempDir private Path folder;

  @Test
  void shouldLearnInBothStages() throws Exception {
    Path run = folder.resolve("run");
    TinyRun.train(TinyRun.config(folder, 20, 20, "0.01"), run, 2);

    List<Double> losses = losses(run);
    assertThat(losses).hasSize(8);
    assertThat(losses.get(0)).isLessThan(Math.log(11));
    assertThat(losses.get(3)).isLessThan(losses.get(0));
    assertThat(losses.get(7)).isLessThan(losses.get(4));
    assertThat(run.resolve("loss.svg")).content().contains("</svg>");
    assertThat(run.resolve("stages").resolve("1-dense").resolve("model.safetensors")).exists();
    assertThat(run.resolve("model").resolve("metrics.jsonl"))
        .hasSameTextualContentAs(run.resolve("metrics.jsonl"))
        .content()
        .containsPattern("\"valid-loss-error\":0\\.\\d*[1-9]");
  }

  @Test
  void shouldLeaveTheBestModelOfTheLastStageWhereItIsAskedFor() throws Exception {
    // So large a rate of the last steps that they spoil what was learned.
    Path config = TinyRun.config(folder, 5, 10, "0.01");
    String text =
        Files.readString(config)
            .replace(
                "\"save-every-steps\"",
                "\"result\": \"best\", \"keep-every-steps\": 10, \"save-every-steps\"")
            .replace("0.005, \"schedule\": \"linear\", \"warm-up-steps\": 2", "0.3");
    Files.writeString(config, text);
    Path spoilt = folder.resolve("spoilt");
    Path best = TinyRun.train(config, spoilt, 2).orElseThrow();
    Path parts = folder.resolve("parts");
    AtomicInteger left = new AtomicInteger(12);
    TinyRun.train(config, parts, 2, _ -> left.getAndDecrement() == 0);
    Path resumed = TinyRun.train(config, parts, 2).orElseThrow();

    List<Double> losses = losses(spoilt);
    assertThat(losses.get(2)).as("the end is worse").isGreaterThan(losses.get(1));
    assertThat(TinyRun.weights(best)).isEqualTo(TinyRun.weights(spoilt.resolve("best")));
    Path last = spoilt.resolve("checkpoints").resolve("step-000000015");
    assertThat(TinyRun.weights(best)).isNotEqualTo(TinyRun.weights(last));
    assertThat(TinyRun.weights(resumed)).isEqualTo(TinyRun.weights(best));
    Path kept = spoilt.resolve("kept").resolve("step-000000015");
    assertThat(TinyRun.weights(kept)).isEqualTo(TinyRun.weights(last));
  }

  private static List<Double> losses(Path run) throws Exception {
    List<Double> losses = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      JsonNode node = Json.parse(line.getBytes(StandardCharsets.UTF_8), 1 << 16);
      losses.add(node.get("valid-loss").asDouble());
    }
    return losses;
  }

  @Test
  void shouldGiveTheSameWeightsOnAnyNumberOfThreads() {
    Path config = TinyRun.config(folder, 6, 8, "0.01");
    Path one = TinyRun.train(config, folder.resolve("one"), 1).orElseThrow();
    Path three = TinyRun.train(config, folder.resolve("three"), 3).orElseThrow();

    assertThat(TinyRun.weights(three)).isEqualTo(TinyRun.weights(one));
  }

  @Test
  void shouldLearnAsWellWithRoundedFactors() throws Exception {
    Path config = TinyRun.config(folder, 20, 20, "0.01");
    TinyRun.train(config, folder.resolve("exact"), 2);
    String exactly = Files.readString(config);
    Files.writeString(
        config, exactly.replaceFirst("\"name\"", "\"precision\": \"bf16\", \"name\""));
    Path one = TinyRun.train(config, folder.resolve("one"), 1).orElseThrow();
    Path three = TinyRun.train(config, folder.resolve("three"), 3).orElseThrow();

    assertThat(TinyRun.weights(three)).isEqualTo(TinyRun.weights(one));
    List<Double> exact = losses(folder.resolve("exact"));
    List<Double> rounded = losses(folder.resolve("one"));
    assertThat(rounded).isNotEqualTo(exact);
    assertThat(rounded.getLast()).isCloseTo(exact.getLast(), within(0.15));
  }

  @Test
  void shouldGiveTheSameWeightsWhenStoppedAndStartedAgain() {
    Path config = TinyRun.config(folder, 6, 8, "0.01");
    Path whole = TinyRun.train(config, folder.resolve("whole"), 2).orElseThrow();
    Path parts = folder.resolve("parts");
    for (int steps : new int[] {3, 4, 2, 4}) {
      AtomicInteger left = new AtomicInteger(steps);
      assertThat(TinyRun.train(config, parts, 2, _ -> left.getAndDecrement() == 0)).isEmpty();
    }
    Path last = TinyRun.train(config, parts, 2).orElseThrow();

    assertThat(TinyRun.weights(last)).isEqualTo(TinyRun.weights(whole));
    assertThat(parts.resolve("metrics.jsonl"))
        .hasSameTextualContentAs(folder.resolve("whole").resolve("metrics.jsonl"));
  }

  @Test
  void shouldCountTheTokensOfTheRunThatItBeganWith() throws Exception {
    Path config = TinyRun.config(folder, 3, 2, "0.01");
    Path model = TinyRun.train(config, folder.resolve("first"), 2).orElseThrow();
    Path dense = folder.resolve("first/stages/1-dense");
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst("\"name\"", "\"begin-with\": \"" + dense + "\", \"name\""));
    Path further = TinyRun.train(config, folder.resolve("further"), 2).orElseThrow();

    int step = 10 * 16;
    assertThat(RunMetrics.tokensSeen(model)).hasValue(5 * step);
    assertThat(RunMetrics.tokensSeen(dense)).hasValue(3 * step);
    assertThat(RunMetrics.tokensSeen(further)).hasValue((3 + 5) * step);
    assertThat(RunMetrics.tokensSeen(folder)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"simvq", "projected"})
  void shouldTrainTheMapOfProjectedCodesAndResumeIt(String variant) throws Exception {
    Path config = TinyRun.config(folder, 4, 12, "0.01");
    String text = Files.readString(config);
    Files.writeString(
        config,
        text.replace(
            "\"codebooks\": true,", "\"codebooks\": true, \"variant\": \"" + variant + "\","));
    Path whole = TinyRun.train(config, folder.resolve("whole"), 2).orElseThrow();
    Path parts = folder.resolve("parts");
    AtomicInteger left = new AtomicInteger(9);
    TinyRun.train(config, parts, 1, _ -> left.getAndDecrement() == 0);
    Path last = TinyRun.train(config, parts, 1).orElseThrow();

    assertThat(TinyRun.weights(last)).isEqualTo(TinyRun.weights(whole));
    try (var engine = CodebookTransformer.load(last, Backends.byName("auto"))) {
      assertThat(engine.sites()).hasSize(6);
    }
  }

  @Test
  void shouldLeaveAModelThatTheEngineRunsWithTheSameLogProbabilities() {
    Path config = TinyRun.config(folder, 6, 6, "0.01");
    Path model = TinyRun.train(config, folder.resolve("run"), 1).orElseThrow();
    int[] prompt = {10, 0, 3, 1};
    double[] trained =
        new TrainedLogits(TrainConfig.read(config, Optional.empty()), model).logprobs(prompt);

    List<Float> served = new ArrayList<>();
    try (var engine = CodebookTransformer.load(model, Backends.byName("auto"));
        var batch = new ContinuousBatch(engine, new BatchLimits(1, 16, 32, 16))) {
      assertThat(engine.sites()).hasSize(6);
      int best = 0;
      for (int i = 1; i < trained.length; i++) {
        best = trained[i] > trained[best] ? i : best;
      }
      batch.offer(
          GenerationRequest.of("r", prompt, Sampling.greedy(), 1),
          SteeringSource.none(),
          listener(served));
      while (batch.active() > 0) {
        batch.step();
      }
      assertThat(served.get(0).doubleValue()).isCloseTo(trained[best], within(1e-5));
    }
  }

  private static GenerationListener listener(List<Float> logprobs) {
    return new GenerationListener() {
      @Override
      public void onForward(int position, CodeView natural, CodeView effective) {}

      @Override
      public void onToken(int index, int token, float logprob, TopLogprobs top) {
        logprobs.add(logprob);
      }

      @Override
      public void onFinished(FinishReason reason) {}
    };
  }

  @Test
  void shouldStopAtALossThatIsNotFiniteAndKeepTheLastCheckpoint() {
    Path config = TinyRun.config(folder, 40, 1, "1e30");
    Path run = folder.resolve("run");

    assertThatThrownBy(() -> TinyRun.train(config, run, 1))
        .isInstanceOf(TrainerException.class)
        .hasMessageContaining("not finite")
        .hasMessageContaining("stage dense")
        .hasMessageContaining("last good checkpoint");
  }

  @Test
  void shouldRefuseAFolderOfOtherSettings() {
    Path run = folder.resolve("run");
    TinyRun.train(TinyRun.config(folder, 1, 1, "0.01"), run, 1);
    Path other = TinyRun.config(folder, 2, 1, "0.01");

    assertThatThrownBy(() -> TinyRun.train(other, run, 1))
        .isInstanceOf(TrainerException.class)
        .hasMessageContaining("other settings");
  }

  @Test
  void shouldRefuseAVocabularyThatTheDataDoesNotFit() {
    Path config = TinyRun.config(folder, 1, 1, "0.01", 10);

    assertThatThrownBy(() -> TinyRun.train(config, folder.resolve("run"), 1))
        .isInstanceOf(TrainerException.class)
        .hasMessageContaining("token ids up to 10")
        .hasMessageContaining("vocab_size=10");
  }

  @Test
  void shouldNameAKeyThatNobodyReads() throws Exception {
    Path config = TinyRun.config(folder, 1, 1, "0.01");
    Files.writeString(config, Files.readString(config).replace("weight-decay", "wait-decay"));

    assertThatThrownBy(() -> TrainConfig.read(config, Optional.empty()))
        .isInstanceOf(TrainerException.class)
        .hasMessageContaining("unknown key 'wait-decay'")
        .hasMessageContaining("stages[0]");
  }

  @Test
  void shouldKeepTheLastCheckpointWhenTheDiskRefusesTheNext() throws Exception {
    Path config = TinyRun.config(folder, 6, 2, "0.01");
    Path run = folder.resolve("run");
    AtomicInteger left = new AtomicInteger(4);
    TinyRun.train(config, run, 1, _ -> left.getAndDecrement() == 0);
    Path checkpoints = run.resolve("checkpoints");
    byte[] before = TinyRun.weights(checkpoints.resolve("step-000000004"));
    // A folder with something in it stands where the next checkpoint is to be written.
    Path inTheWay = checkpoints.resolve("step-000000006.partial").resolve("a");
    Files.createDirectories(inTheWay);
    Files.writeString(inTheWay.resolve("file"), "x");

    assertThatThrownBy(() -> TinyRun.train(config, run, 1))
        .isInstanceOf(TrainerException.class)
        .hasMessageContaining("could not be written")
        .hasMessageContaining("step-000000004");
    assertThat(Arrays.equals(TinyRun.weights(checkpoints.resolve("step-000000004")), before))
        .isTrue();
  }

  @Test
  void shouldNameTheTensorOfOtherShapeInAModelToBeginWith() throws Exception {
    Path run = folder.resolve("run");
    Path model = TinyRun.train(TinyRun.config(folder, 1, 1, "0.01"), run, 1).orElseThrow();
    Path config = TinyRun.config(folder, 1, 1, "0.01");
    String wider =
        Files.readString(config)
            .replace("\"intermediate_size\": 32", "\"intermediate_size\": 48")
            .replaceFirst("\"name\"", "\"begin-with\": \"" + model + "\", \"name\"");
    Files.writeString(config, wider);
    Path other = folder.resolve("other");

    assertThatThrownBy(() -> TinyRun.train(config, other, 1))
        .isInstanceOf(TrainerException.class)
        .hasMessageContaining(model.toString())
        .hasMessageContaining("dense_h_to_4h")
        .hasMessageContaining("[32, 16]")
        .hasMessageContaining("[48, 16]");
    assertThat(other.resolve("checkpoints")).doesNotExist();
  }

  @Test
  void shouldSayWhichCheckpointIsDamagedAndLeaveItAlone() throws Exception {
    Path config = TinyRun.config(folder, 6, 2, "0.01");
    Path run = folder.resolve("run");
    AtomicInteger left = new AtomicInteger(4);
    TinyRun.train(config, run, 1, _ -> left.getAndDecrement() == 0);
    Path weights = run.resolve("checkpoints/step-000000004/model.safetensors");
    byte[] half = Arrays.copyOf(Files.readAllBytes(weights), (int) Files.size(weights) / 2);
    Files.write(weights, half);

    assertThatThrownBy(() -> TinyRun.train(config, run, 1))
        .isInstanceOf(TrainerException.class)
        .hasMessageContaining("step-000000004")
        .hasMessageContaining("cannot be resumed");
    assertThat(weights).hasBinaryContent(half);
  }
}
