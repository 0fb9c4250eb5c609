package dev.steerage.transformer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.Team;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.TestBackends;
import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.SlotWrite;
import dev.steerage.transformer.intervention.Steering;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The same request gives the same bits, whatever happens around it.
class BitStabilityTest {
  private static final int TOKENS = 16;

  /// The reference backend is slow by intention, an emulated device too: they run the tiny model.
  static Stream<Arguments> models() {
    return Stream.of("tiny", "tokfsm", "stories")
        .flatMap(model -> TestBackends.names().map(backend -> Arguments.of(model, backend)))
        .filter(a -> a.get()[0].equals("tiny") || !TestBackends.isSlow((String) a.get()[1]));
  }

  @ParameterizedTest
  @MethodSource("models")
  void shouldGiveTheSameBitsAloneAndAmongOthersOnAnyNumberOfThreads(String name, String backend) {
    try (CodebookTransformer single = load(name, backend, new Team("one", 1));
        CodebookTransformer model = load(name, backend, new Team("three", 3, 0))) {
      GenerationRequest request = request(model, "mine", 40, 1, new int[0]);
      String alone = alone(single, request, 64).decisions(0);
      assertThat(alone(model, request, 64).decisions(0)).as("three threads").isEqualTo(alone);
      for (int chunk : new int[] {1, 5, 33}) {
        assertThat(alone(model, request, chunk).decisions(0))
            .as("chunk %d", chunk)
            .isEqualTo(alone);
      }
      for (int seed = 0; seed < 2; seed++) {
        assertThat(amongOthers(model, request, seed).decisions(0))
            .as("among others, seed %d", seed)
            .isEqualTo(alone);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void shouldGoOnWithTheSameBitsFromCommittedTokens(String name, String backend) {
    try (CodebookTransformer model = load(name, backend)) {
      Recording whole = alone(model, request(model, "mine", 20, 2, new int[0]), 16);
      for (int committed : new int[] {1, 2, 11, TOKENS - 1}) {
        int[] known = Arrays.copyOf(whole.tokenArray(), committed);
        Recording rest = alone(model, request(model, "mine", 20, 2, known), 7);
        assertThat(rest.tokens).hasSize(TOKENS - committed);
        assertThat(rest.decisions(committed)).isEqualTo(whole.decisions(committed));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void shouldGiveTheSameBitsAsTheReferenceBackend(String name, String backend) {
    try (CodebookTransformer reference = load(name, "reference");
        CodebookTransformer model = load(name, backend)) {
      GenerationRequest request = request(model, "mine", 30, 3, new int[0]);
      assertThat(alone(model, request, 16).decisions(0))
          .isEqualTo(alone(reference, request, 16).decisions(0));
    }
  }

  private static Recording alone(CodebookTransformer model, GenerationRequest request, int chunk) {
    Recording recording = new Recording();
    BatchLimits limits = new BatchLimits(1, 64, 128, chunk);
    try (ContinuousBatch batch = new ContinuousBatch(model, limits)) {
      assertThat(batch.offer(request, source(model, request.id()), recording)).isTrue();
      while (batch.active() > 0) {
        assertThat(batch.step()).isPositive();
      }
    }
    assertThat(recording.reason).isEqualTo(FinishReason.LENGTH);
    return recording;
  }

  /// Fifteen others come and go, are held, cancelled and steered, on a row budget that is too small
  /// for all of them.
  private static Recording amongOthers(
      CodebookTransformer model, GenerationRequest request, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Recording recording = new Recording();
    BatchLimits limits = new BatchLimits(16, 24, 16 * 80, 5);
    try (ContinuousBatch batch = new ContinuousBatch(model, limits)) {
      int others = 0;
      boolean offered = false;
      int steps = 0;
      while (recording.reason == null) {
        if (!offered && steps == 3) {
          offered = batch.offer(request, source(model, request.id()), recording);
          assertThat(offered).isTrue();
        }
        int wanted = offered ? 16 : 15;
        while (batch.active() < wanted) {
          String id = "other-" + others++;
          int length = 1 + random.nextInt(40);
          GenerationRequest other = request(model, id, length, random.nextInt(), new int[0]);
          assertThat(batch.offer(other, source(model, id), new Recording())).isTrue();
        }
        String any = random.nextInt(4) == 0 ? "mine" : "other-" + random.nextInt(others);
        batch.hold(any, random.nextInt(3) == 0);
        if (random.nextInt(5) == 0) {
          batch.cancel("other-" + random.nextInt(others));
        }
        batch.step();
        assertThat(++steps).as("steps until the request is done").isLessThan(2_000);
      }
    }
    assertThat(recording.reason).isEqualTo(FinishReason.LENGTH);
    return recording;
  }

  private static GenerationRequest request(
      CodebookTransformer model, String id, int length, int seed, int[] committed) {
    SplittableRandom random = new SplittableRandom(seed);
    int vocabulary = model.config().vocabulary();
    int[] prompt = random.ints(length, 0, vocabulary).toArray();
    Sampling sampling =
        switch (Math.floorMod(seed, 4)) {
          case 0 -> Sampling.greedy();
          case 1 -> Sampling.temperature(1.3f, seed);
          case 2 -> new Sampling(1, 7, 0.9f, 1.2f, seed);
          default -> new Sampling(0.9f, 0, 0.8f, 1, seed);
        };
    return new GenerationRequest(id, prompt, committed, sampling, TOKENS, 5, List.of(), true);
  }

  /// Steers by position, every kind of intervention, differently for each request.
  private static SteeringSource source(CodebookTransformer model, String id) {
    List<Steering> kinds = new ArrayList<>();
    for (int kind = 0; kind < 4; kind++) {
      Map<Integer, SiteSteering> sites = new HashMap<>();
      for (CodebookSite site : model.sites()) {
        if (site.index() % 3 == kind % 3) {
          sites.put(site.index(), steering(site, kind, id));
        }
      }
      kinds.add(Steering.of(sites, model.sites().size()));
    }
    return new SteeringSource() {
      @Override
      public Steering steeringFor(int position, boolean generationPhase) {
        return position % 2 == 0 ? Steering.NONE : kinds.get(position / 2 % kinds.size());
      }

      @Override
      public boolean needsHistory() {
        return id.hashCode() % 3 == 0;
      }
    };
  }

  private static SiteSteering steering(CodebookSite site, int kind, String id) {
    SplittableRandom random = new SplittableRandom(id.hashCode() + site.index());
    SiteSteering.Builder builder = SiteSteering.builder();
    int code = random.nextInt(site.codes());
    switch (kind) {
      case 0 -> builder.write(code, -1);
      case 1 -> random.ints(Math.min(90, site.codes() - 8), 0, site.codes()).forEach(builder::ban);
      case 2 -> builder.append(code).disableTop(1).write(SlotWrite.BLOCKED, 0);
      default ->
          builder.ban(code).ablate(random.nextInt(site.codes())).write(code, SlotWrite.ALL_SLOTS);
    }
    return builder.build();
  }

  private static CodebookTransformer load(String name, String backend) {
    return load(name, backend, new Team("two", 2));
  }

  private static CodebookTransformer load(String name, String backend, Team team) {
    Path folder = name.equals("tiny") ? TestModels.golden("gpt_neox") : TestModels.shipped(name);
    return CodebookTransformer.load(folder, TestBackends.require(backend), team);
  }
}
