package dev.steerage.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.transformer.forward.SingleSequence;
import dev.steerage.transformer.generation.BatchLimits;
import dev.steerage.transformer.generation.ContinuousBatch;
import dev.steerage.transformer.generation.GenerationRequest;
import dev.steerage.transformer.generation.Recording;
import dev.steerage.transformer.generation.Sampling;
import dev.steerage.transformer.generation.SteeringSource;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.SlotWrite;
import dev.steerage.transformer.intervention.Steering;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class TokFsmModelTest {
  private static final int BOS = 10;
  private static final Offset<Float> LOGITS = Offset.offset(1e-4f);

  @ParameterizedTest
  @MethodSource("dev.steerage.transformer.TestBackends#names")
  void shouldGiveLogitsAndCodesOfTheLastPosition(String backend) {
    try (CodebookTransformer model = load(backend)) {
      JsonNode cases = expected().get("cases");
      assertThat(cases).hasSize(4);
      for (JsonNode expected : cases) {
        int[] tokens = TestModels.ints(expected.get("tokens"));
        try (SingleSequence run = new SingleSequence(model, tokens.length)) {
          run.forward(tokens, position -> Steering.NONE);
          float[] logits = last(run.logits());
          for (int id = 0; id < logits.length; id++) {
            float wanted = expected.get("logits_last").get(id).floatValue();
            assertThat(logits[id]).isCloseTo(wanted, LOGITS);
          }
          for (CodebookSite site : model.sites()) {
            int[] codes = run.natural(site.index());
            assertThat(codes[codes.length - 1])
                .as("%s", site.site())
                .isEqualTo(expected.get("codes_last").get(site.site().toString()).intValue());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.steerage.transformer.TestBackends#names")
  void shouldGenerateTheSameDigitsGreedily(String backend) {
    try (CodebookTransformer model = load(backend);
        ContinuousBatch batch = new ContinuousBatch(model, new BatchLimits(4, 8, 512, 8))) {
      for (JsonNode expected : expected().get("generation")) {
        int[] prompt = TestModels.ints(expected.get("prompt"));
        int[] all = TestModels.ints(expected.get("greedy_32"));
        Recording run = new Recording();
        int count = all.length - prompt.length;
        GenerationRequest request =
            GenerationRequest.of("greedy", prompt, Sampling.greedy(), count);
        assertThat(batch.offer(request, SteeringSource.none(), run)).isTrue();
        while (batch.active() > 0) {
          batch.step();
        }
        assertThat(run.tokenArray()).isEqualTo(Arrays.copyOfRange(all, prompt.length, all.length));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.steerage.transformer.TestBackends#names")
  void shouldFireTheSameCodeOnEveryState(String backend) {
    try (CodebookTransformer model = load(backend)) {
      JsonNode states = expected().get("state_codes");
      assertThat(states.size()).isEqualTo(model.sites().size());
      for (int state = 0; state < 100; state++) {
        try (SingleSequence run = new SingleSequence(model, 3)) {
          run.forward(prompt(state), position -> Steering.NONE);
          for (CodebookSite site : model.sites()) {
            assertThat(run.natural(site.index())[2])
                .as("state %d at %s", state, site.site())
                .isEqualTo(states.get(site.site().toString()).get(state).intValue());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.steerage.transformer.TestBackends#names")
  void shouldSteerTheNextDigitWithTheCodesOfAnotherState(String backend) {
    try (CodebookTransformer model = load(backend)) {
      JsonNode cases = expected().get("steering_all_sites_last_position");
      assertThat(cases).hasSize(3);
      for (JsonNode expected : cases) {
        Map<Integer, SiteSteering> sites = new HashMap<>();
        for (CodebookSite site : model.sites()) {
          int code = expected.get("codes").get(site.site().toString()).intValue();
          sites.put(site.index(), SiteSteering.builder().write(code, SlotWrite.ALL_SLOTS).build());
        }
        Steering steering = Steering.of(sites, model.sites().size());
        int source = expected.get("source").intValue();
        int target = expected.get("target").intValue();
        assertClose(next(model, source, Steering.NONE), expected.get("p_source"));
        assertClose(next(model, target, Steering.NONE), expected.get("p_target"));
        assertClose(next(model, source, steering), expected.get("p_steered"));
      }
    }
  }

  /// Distribution of the digit after BOS and a state, with interventions at its last digit.
  private static double[] next(CodebookTransformer model, int state, Steering atLast) {
    try (SingleSequence run = new SingleSequence(model, 3)) {
      run.forward(prompt(state), position -> position == 2 ? atLast : Steering.NONE);
      return Distributions.softmax(last(run.logits()));
    }
  }

  private static void assertClose(double[] probabilities, JsonNode expected) {
    for (int id = 0; id < probabilities.length; id++) {
      assertThat(probabilities[id]).isCloseTo(expected.get(id).doubleValue(), Offset.offset(2e-5));
    }
  }

  private static int[] prompt(int state) {
    return new int[] {BOS, state / 10, state % 10};
  }

  private static float[] last(float[] logits) {
    return Arrays.copyOfRange(logits, logits.length - 11, logits.length);
  }

  private static CodebookTransformer load(String backend) {
    return CodebookTransformer.load(TestModels.reference("tokfsm"), TestBackends.require(backend));
  }

  private static JsonNode expected() {
    return TestModels.json(TestModels.reference("tokfsm").resolve("expected.json"));
  }
}
