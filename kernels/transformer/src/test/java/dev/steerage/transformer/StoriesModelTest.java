package dev.steerage.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.transformer.forward.SingleSequence;
import dev.steerage.transformer.generation.BatchLimits;
import dev.steerage.transformer.generation.ContinuousBatch;
import dev.steerage.transformer.generation.GenerationRequest;
import dev.steerage.transformer.generation.Recording;
import dev.steerage.transformer.generation.Sampling;
import dev.steerage.transformer.generation.SteeringSource;
import dev.steerage.transformer.intervention.Steering;
import dev.steerage.transformer.tokenizer.StreamingDetokenizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class StoriesModelTest {
  /// The file states four decimals.
  private static final Offset<Float> LOGITS = Offset.offset(1.5e-4f);

  @ParameterizedTest
  @MethodSource("dev.steerage.transformer.TestBackends#names")
  void shouldGiveTokenIdsTopLogitsAndCodes(String backend) {
    try (CodebookTransformer model = load(backend)) {
      for (JsonNode expected : cases()) {
        int[] ids = model.tokenizer().encodePrompt(expected.get("text").stringValue());
        assertThat(ids).isEqualTo(TestModels.ints(expected.get("ids")));
        try (SingleSequence run = new SingleSequence(model, ids.length)) {
          run.forward(ids, position -> Steering.NONE);
          float[] logits = run.logits();
          int last = logits.length - model.config().vocabulary();
          for (JsonNode top : expected.get("top10_last")) {
            float logit = logits[last + top.get(0).intValue()];
            assertThat(logit).isCloseTo(top.get(1).floatValue(), LOGITS);
          }
          Map<String, int[]> codes = new HashMap<>();
          for (CodebookSite site : model.sites()) {
            int[] all = run.natural(site.index());
            int[] atLast = Arrays.copyOfRange(all, all.length - site.activeCodes(), all.length);
            codes.put(site.site().toString(), atLast);
          }
          assertThat(expected.get("codes_last").size()).isEqualTo(codes.size());
          expected
              .get("codes_last")
              .properties()
              .forEach(
                  site ->
                      assertThat(codes.get(site.getKey()))
                          .as(site.getKey())
                          .isEqualTo(TestModels.ints(site.getValue())));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.steerage.transformer.TestBackends#names")
  void shouldWriteTheSameStoriesGreedily(String backend) {
    try (CodebookTransformer model = load(backend);
        ContinuousBatch batch = new ContinuousBatch(model, new BatchLimits(3, 16, 512, 8))) {
      Map<JsonNode, Recording> runs = new HashMap<>();
      for (JsonNode expected : cases()) {
        String text = expected.get("text").stringValue();
        int[] ids = model.tokenizer().encodePrompt(text);
        Recording run = new Recording();
        runs.put(expected, run);
        GenerationRequest request = GenerationRequest.of(text, ids, Sampling.greedy(), 60);
        assertThat(batch.offer(request, SteeringSource.none(), run)).isTrue();
      }
      while (batch.active() > 0) {
        assertThat(batch.step()).isPositive();
      }
      runs.forEach(
          (expected, run) -> {
            assertThat(run.tokenArray()).isEqualTo(TestModels.ints(expected.get("greedy_60")));
            StreamingDetokenizer text = new StreamingDetokenizer(model.tokenizer());
            StringBuilder streamed = new StringBuilder();
            run.tokens.forEach(token -> streamed.append(text.next(token)));
            assertThat(streamed.append(text.finish()).toString())
                .isEqualTo(expected.get("greedy_text").stringValue());
            assertThat(model.tokenizer().decode(run.tokenArray())).isEqualTo(streamed.toString());
          });
    }
  }

  private static CodebookTransformer load(String backend) {
    return CodebookTransformer.load(TestModels.reference("stories"), TestBackends.require(backend));
  }

  private static JsonNode cases() {
    return TestModels.json(TestModels.reference("stories").resolve("expected.json")).get("cases");
  }
}
