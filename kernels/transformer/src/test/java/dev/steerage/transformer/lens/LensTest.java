package dev.steerage.transformer.lens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.steerage.domain.codebook.Site;
import dev.steerage.ops.Backends;
import dev.steerage.ops.Team;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.SlotWrite;
import dev.steerage.transformer.intervention.Steering;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LensTest {
  private static CodebookTransformer model(String name) {
    return CodebookTransformer.load(
        Path.of("..", "..", "infra", "models", name), Backends.byName("auto"));
  }

  @ParameterizedTest
  @CsvSource({"tokfsm, 1234509, 3", "tokfsm, 00, 7", "stories, 'Once upon a time, a', 17"})
  void shouldAddUpToTheLogit(String name, String text, int token) {
    try (var model = model(name)) {
      int[] tokens = model.tokenizer().encodePrompt(text);

      LogitAttribution found = LogitAttribution.of(model, tokens, token);

      double sum = found.residual();
      for (LogitAttribution.Slot slot : found.slots()) {
        sum += slot.logit();
      }
      int k = model.sites().getFirst().activeCodes();
      assertThat(found.slots()).hasSize(k * model.sites().size());
      assertThat(sum).isCloseTo(found.logit(), within(2e-4));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"L3.mlp", "L3.attn.H2"})
  void shouldSayByHowMuchTheLogitFallsWithoutTheCode(String name) {
    // In the last layer, with the norm held, removing a code takes away exactly what it gave. The
    // norm is not held by the model, so the streams are compared through it here.
    try (var model = model("tokfsm")) {
      int[] tokens = model.tokenizer().encodePrompt("12345098");
      CodebookSite site =
          model.sites().stream()
              .filter(each -> each.site().equals(Site.parse(name)))
              .findFirst()
              .orElseThrow();
      LogitAttribution whole = LogitAttribution.of(model, tokens, 4);
      LogitAttribution.Slot slot =
          whole.slots().stream().filter(each -> each.site().equals(site)).findFirst().orElseThrow();
      float[] with = stream(model, tokens, Steering.NONE);
      SiteSteering without = SiteSteering.builder().write(SlotWrite.BLOCKED, slot.slot()).build();
      float[] less =
          stream(model, tokens, Steering.of(Map.of(site.index(), without), model.sites().size()));
      float[] difference = with.clone();
      for (int i = 0; i < difference.length; i++) {
        difference[i] -= less[i];
      }

      try (var map = new ResidualMap(model)) {
        double expected = map.logits(difference, deviation(with))[4];
        assertThat(slot.logit()).isCloseTo(expected, within(1e-3));
        assertThat(Math.abs(slot.logit())).isGreaterThan(1e-3);
      }
    }
  }

  private static double deviation(float[] stream) {
    double mean = 0;
    for (float each : stream) {
      mean += each / stream.length;
    }
    double variance = 0;
    for (float each : stream) {
      variance += (each - mean) * (each - mean) / stream.length;
    }
    return Math.sqrt(variance + 1e-5);
  }

  private static float[] stream(CodebookTransformer model, int[] tokens, Steering atLast) {
    var last = new float[1][];
    int row = tokens.length - 1;
    int[] pages = {0, 1, 2};
    try (var team = new Team("lens-test", 1);
        var forward = new ForwardPass(model.weights(), team, tokens.length, 1, 3, pages)) {
      forward.observe(new LastStream(model.config().layers(), row, model.config().width(), last));
      for (int p = 0; p <= row; p++) {
        forward.add(tokens[p], p, 0, p == row ? atLast : Steering.NONE, false);
      }
      forward.run();
    }
    return last[0];
  }

  @ParameterizedTest
  @ValueSource(strings = {"L2.mlp", "L1.attn.H3"})
  void shouldOrderTokensByWhatTheVectorGives(String name) {
    try (var model = model("tokfsm");
        var lens = new CodeLens(model)) {
      CodebookSite site =
          model.sites().stream()
              .filter(each -> each.site().equals(Site.parse(name)))
              .findFirst()
              .orElseThrow();
      float[] logits = lens.logits(site, 5).orElseThrow();

      var tokens = lens.tokens(site, 5, 2);

      float highest = Float.NEGATIVE_INFINITY;
      for (float each : logits) {
        highest = Math.max(highest, each);
      }
      assertThat(tokens.getFirst().logit())
          .isEqualTo(highest)
          .isEqualTo(logits[tokens.getFirst().id()]);
      assertThat(tokens).hasSize(4);
      assertThat(lens.nearest(site, 5, 3)).hasSize(3).noneMatch(each -> each.code() == 5);
      assertThat(lens.nearest(site, 5, 3).getFirst().cosine()).isBetween(-1.0, 1.0);
    }
  }
}
