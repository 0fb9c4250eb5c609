package dev.steerage.transformer.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.TestBackends;
import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.checkpoint.GoldenTensors;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.Steering;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class GoldenModelTest {
  private static final Offset<Float> LOGITS = Offset.offset(1e-4f);
  private static final int BATCH = 2;

  static Stream<Arguments> models() {
    return Stream.of("gpt_neox", "gpt2", "gpt_neo")
        .flatMap(model -> TestBackends.names().map(backend -> Arguments.of(model, backend)));
  }

  @ParameterizedTest
  @MethodSource("models")
  void shouldGiveLogitsHiddenStatesAndCodes(String name, String backend) {
    try (CodebookTransformer model = load(name, backend)) {
      GoldenTensors expected = tensors(name);
      int[] ids = expected.ints("input_ids");
      int length = ids.length / BATCH;
      for (int b = 0; b < BATCH; b++) {
        SingleSequence run = new SingleSequence(model, length);
        run.forward(
            Arrays.copyOfRange(ids, b * length, (b + 1) * length), position -> Steering.NONE);
        int layers = model.config().layers();
        assertThat(run.logits()).containsExactly(row(expected, "logits", b), LOGITS);
        for (int layer = 0; layer < layers; layer++) {
          assertThat(run.hidden(layer))
              .containsExactly(row(expected, "hidden." + layer, b), LOGITS);
        }
        for (int s = 0; s < model.sites().size(); s++) {
          Site site = model.sites().get(s).site();
          assertThat(run.natural(s)).as("%s", site).isEqualTo(codes(expected, site, b));
          assertThat(run.effective(s)).as("%s", site).isEqualTo(run.natural(s));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void shouldGiveLogitsOfEveryIntervention(String name, String backend) {
    try (CodebookTransformer model = load(name, backend)) {
      GoldenTensors expected = tensors(name);
      int[] ids = expected.ints("input_ids");
      int length = ids.length / BATCH;
      JsonNode cases = TestModels.json(TestModels.golden(name).resolve("expected.json"));
      for (Map.Entry<String, JsonNode> entry : cases.get("interventions").properties()) {
        JsonNode spec = entry.getValue().get("spec");
        for (int b = 0; b < BATCH; b++) {
          SingleSequence run = new SingleSequence(model, length);
          int[] row = Arrays.copyOfRange(ids, b * length, (b + 1) * length);
          run.forward(row, position -> steering(model, spec, position, length));
          assertThat(run.logits())
              .as(entry.getKey())
              .containsExactly(row(expected, "iv." + entry.getKey() + ".logits", b), LOGITS);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void shouldGenerateTheSameTokensUnderEveryIntervention(String name, String backend) {
    try (CodebookTransformer model = load(name, backend)) {
      GoldenTensors expected = tensors(name);
      int[] prompts = expected.ints("gen.prompt");
      int length = prompts.length / BATCH;
      JsonNode cases = TestModels.json(TestModels.golden(name).resolve("expected.json"));
      int generated = 0;
      for (Map.Entry<String, JsonNode> entry : cases.get("interventions").properties()) {
        JsonNode spec = entry.getValue().get("spec");
        JsonNode tokens = entry.getValue().path("generated");
        for (int b = 0; b < tokens.size(); b++) {
          int[] all = TestModels.ints(tokens.get(b));
          int[] prompt = Arrays.copyOf(all, length);
          assertThat(prompt).isEqualTo(Arrays.copyOfRange(prompts, b * length, (b + 1) * length));
          SingleSequence run = new SingleSequence(model, all.length);
          assertThat(run.greedy(prompt, all.length, steering(model, spec, 0, 0)))
              .as(entry.getKey())
              .isEqualTo(all);
          float[] logits = row(expected, "iv." + entry.getKey() + ".gen_logits", b);
          int known = logits.length / all.length * (all.length - 1);
          assertThat(run.logits())
              .as(entry.getKey())
              .containsExactly(Arrays.copyOf(logits, known), LOGITS);
          generated++;
        }
      }
      assertThat(generated).isGreaterThanOrEqualTo(16);
    }
  }

  private static CodebookTransformer load(String name, String backend) {
    return CodebookTransformer.load(TestModels.golden(name), TestBackends.require(backend));
  }

  private static GoldenTensors tensors(String name) {
    Path folder = TestModels.golden(name);
    return new GoldenTensors(folder.resolve("expected.safetensors"));
  }

  private static float[] row(GoldenTensors expected, String name, int b) {
    float[] all = expected.floats(name);
    int size = all.length / BATCH;
    return Arrays.copyOfRange(all, b * size, (b + 1) * size);
  }

  private static int[] codes(GoldenTensors expected, Site site, int b) {
    String at =
        site.component() == Component.ATTN
            ? "attn_preproj.head" + site.head()
            : site.component().label();
    int[] all = expected.ints("codes.layer" + site.layer() + "." + at);
    return Arrays.copyOfRange(all, b * all.length / BATCH, (b + 1) * all.length / BATCH);
  }

  /// The interventions of a golden case at one position of a forward of `length` positions.
  private static Steering steering(
      CodebookTransformer model, JsonNode spec, int position, int length) {
    Map<Integer, SiteSteering> sites = new HashMap<>();
    for (JsonNode at : spec) {
      sites.put(
          index(model, at),
          GoldenSteering.of(at.path("ops"), at.path("hook_kwargs"), position, length));
    }
    return Steering.of(sites, model.sites().size());
  }

  private static int index(CodebookTransformer model, JsonNode at) {
    Component component =
        at.get("cb_at").stringValue().equals("mlp") ? Component.MLP : Component.ATTN;
    int head = at.get("head").isNull() ? Site.NO_HEAD : at.get("head").intValue();
    Site site = new Site(at.get("layer").intValue(), component, head);
    return model.sites().stream()
        .filter(s -> s.site().equals(site))
        .findFirst()
        .orElseGet(() -> Assertions.fail("no site " + site))
        .index();
  }
}
