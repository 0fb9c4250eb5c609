package dev.steerage.transformer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import dev.steerage.ops.Backends;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.TestBackends;
import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.checkpoint.GoldenTensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class EvaluatorTest {
  private static final int LENGTH = 14;

  static Stream<Arguments> models() {
    return Stream.of("gpt_neox", "gpt2", "gpt_neo")
        .flatMap(model -> TestBackends.names().map(backend -> Arguments.of(model, backend)));
  }

  @ParameterizedTest
  @MethodSource("models")
  void shouldMeasureLossAndWhatEachCodebookLoses(String family, String backend) {
    Path folder = TestModels.golden(family);
    JsonNode stated = TestModels.json(folder.resolve("expected.json"));
    GoldenTensors outputs = new GoldenTensors(folder.resolve("expected.safetensors"));
    GoldenTensors inputs = new GoldenTensors(folder.resolve("base/expected.safetensors"));
    GoldenTensors weights = new GoldenTensors(folder.resolve("model.safetensors"));
    int[] ids = outputs.ints("input_ids");
    try (CodebookTransformer model =
        CodebookTransformer.load(folder, TestBackends.require(backend))) {
      Evaluation on = evaluate(model, ids);
      Evaluation off = evaluate(model.withoutCodebooks(), ids);

      assertThat(on.loss()).isCloseTo(stated.get("loss").doubleValue(), Offset.offset(1e-5));
      assertThat(off.loss()).isCloseTo(stated.get("base.loss").doubleValue(), Offset.offset(1e-5));
      assertThat(on.sequences()).isEqualTo(2);
      assertThat(on.tokens()).isEqualTo(2 * (LENGTH - 1));
      assertThat(on.accuracy()).isEqualTo(accuracy(outputs.floats("logits"), ids));
      assertThat(off.sites()).isEmpty();
      double sum = 0;
      for (SiteEvaluation site : on.sites()) {
        String name = name(site.site().site());
        double[] expected =
            expected(inputs.floats("cb_in." + name), outputs.floats("cb_out." + name), 2 * LENGTH);
        assertThat(site.error()).as(name).isCloseTo(expected[0], Offset.offset(1e-3));
        assertThat(site.relativeError()).isCloseTo(expected[0] / expected[1], Offset.offset(1e-4));
        assertThat(site.inputNorm()).isCloseTo(expected[2], Offset.offset(1e-4));
        assertThat(site.outputNorm()).isCloseTo(expected[3], Offset.offset(1e-4));
        long used = Arrays.stream(outputs.ints("codes." + name)).distinct().count();
        assertThat(site.usedCodes()).isEqualTo((int) used);
        assertThat(site.deadShare()).isEqualTo(1 - used / 50.0);
        sum += site.error();
      }
      // The auxiliary loss of training is this error, added up over the codebooks.
      assertThat(sum).isCloseTo(stated.get("aux_mse").doubleValue(), Offset.offset(1e-3));
      norms(family, weights, on);
    }
  }

  @Test
  void shouldNotDependOnHowASequenceIsCut() {
    try (CodebookTransformer model =
            CodebookTransformer.load(TestModels.shipped("tokfsm"), Backends.byName("auto"));
        Evaluator evaluator = new Evaluator(model, 60, 60);
        Evaluator again = new Evaluator(model, 128, 7)) {
      int[] tokens = new int[60];
      Arrays.setAll(tokens, i -> 7 * i % 10);
      evaluator.add(tokens);
      again.add(tokens);
      assertThat(evaluator.result()).isEqualTo(again.result());
      Assertions.assertThatIllegalArgumentException()
          .isThrownBy(() -> evaluator.add(new int[61]))
          .withMessage("tokens=61, limit=2..60");
    }
  }

  private static void norms(String family, GoldenTensors weights, Evaluation on) {
    String last =
        weights.names().stream()
            .filter(name -> name.endsWith("1.mlp.codebook_layer.codebook.weight"))
            .findFirst()
            .orElseGet(() -> Assertions.fail("no codebook in " + family));
    float[] codes = weights.floats(last);
    double sum = 0;
    double most = 0;
    for (int c = 0; c < 50; c++) {
      double square = 0;
      for (int i = c * 32; i < (c + 1) * 32; i++) {
        square += (double) codes[i] * codes[i];
      }
      sum += Math.sqrt(square);
      most = Math.max(most, Math.sqrt(square));
    }
    assertThat(on.sites().getLast().codeNormMean()).isCloseTo(sum / 50, Offset.offset(1e-5));
    assertThat(on.sites().getLast().codeNormMax()).isCloseTo(most, Offset.offset(1e-5));
  }

  private static Evaluation evaluate(CodebookTransformer model, int[] ids) {
    try (Evaluator evaluator = new Evaluator(model, LENGTH)) {
      evaluator.add(Arrays.copyOf(ids, LENGTH));
      evaluator.add(Arrays.copyOfRange(ids, LENGTH, 2 * LENGTH));
      return evaluator.result();
    }
  }

  /// Means over the tokens: squared distance, squared input norm, input norm, output norm.
  private static double[] expected(float[] inputs, float[] outputs, int tokens) {
    int width = inputs.length / tokens;
    double[] means = new double[4];
    for (int t = 0; t < tokens; t++) {
      double error = 0;
      double input = 0;
      double output = 0;
      for (int i = t * width; i < (t + 1) * width; i++) {
        error += Math.pow(inputs[i] - outputs[i], 2);
        input += Math.pow(inputs[i], 2);
        output += Math.pow(outputs[i], 2);
      }
      means[0] += error / tokens;
      means[1] += input / tokens;
      means[2] += Math.sqrt(input) / tokens;
      means[3] += Math.sqrt(output) / tokens;
    }
    return means;
  }

  private static double accuracy(float[] logits, int[] ids) {
    int vocabulary = logits.length / ids.length;
    int right = 0;
    for (int i = 0; i < ids.length; i++) {
      if (i % LENGTH == LENGTH - 1) {
        continue;
      }
      int best = 0;
      for (int id = 1; id < vocabulary; id++) {
        best = logits[i * vocabulary + id] > logits[i * vocabulary + best] ? id : best;
      }
      right += best == ids[i + 1] ? 1 : 0;
    }
    return right / (2.0 * (LENGTH - 1));
  }

  private static String name(Site site) {
    return "layer"
        + site.layer()
        + (site.component() == Component.MLP ? ".mlp" : ".attn_preproj.head" + site.head());
  }
}
