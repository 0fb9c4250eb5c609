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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The same request gives the same tokens, log-probabilities and codes, bit for bit, for every
/// batch size, any mates, one thread or more, any chunks, a cached beginning or none, and resumed
/// in the middle, steered or not.
class BitStabilitySweepTest {
  private static final int TOKENS = 12;
  private static final int PROMPT = 36;
  private static final int KINDS = 6;
  private static final int REPORT_EVERY = 8;

  static Stream<Arguments> few() {
    return TestBackends.names().map(backend -> Arguments.of("tiny", backend, List.of(1, 2, 13)));
  }

  static Stream<Arguments> all() {
    return Stream.of("tiny", "tokfsm", "stories")
        .flatMap(
            model ->
                TestBackends.names().map(backend -> Arguments.of(model, backend, sizes(backend))))
        .filter(a -> a.get()[0].equals("tiny") || !TestBackends.isSlow((String) a.get()[1]));
  }

  /// Devices are given larger batches: every size up to 64, then three around each multiple of 32.
  private static List<Integer> sizes(String backend) {
    int most = backend.equals("cuda") && !TestBackends.isSlow(backend) ? 256 : 64;
    return IntStream.rangeClosed(1, most)
        .filter(size -> size <= 64 || (size + 1) % 32 < 3)
        .boxed()
        .toList();
  }

  @ParameterizedTest
  @MethodSource("few")
  void shouldGiveTheSameBitsAtAFewSizes(String model, String backend, List<Integer> sizes) {
    sweep(model, backend, sizes);
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("all")
  void shouldGiveTheSameBitsAtEverySize(String model, String backend, List<Integer> sizes) {
    sweep(model, backend, sizes);
  }

  private static void sweep(String name, String backend, List<Integer> sizes) {
    try (CodebookTransformer one = load(name, backend, 1);
        CodebookTransformer two = load(name, backend, 2)) {
      List<Recording> alone = new ArrayList<>();
      for (int kind = 0; kind < KINDS; kind++) {
        Recording recording = new Recording();
        try (var batch = new ContinuousBatch(one, new BatchLimits(1, 64, 64, 64))) {
          batch.offer(request(one, "alone", kind, new int[0], ""), source(one, kind), recording);
          while (batch.active() > 0) {
            batch.step();
          }
        }
        assertThat(recording.reason).isEqualTo(FinishReason.LENGTH);
        alone.add(recording);
      }
      long reused = 0;
      long started = System.nanoTime();
      for (int size : sizes) {
        for (CodebookTransformer model : List.of(one, two)) {
          reused += round(model, size, alone);
        }
        if (sizes.size() > REPORT_EVERY && size % REPORT_EVERY == 0) {
          System.out.printf(
              "sweep: model=%s, backend=%s, sizes up to %d the same, positions from cache=%d,"
                  + " seconds=%d%n",
              name, backend, size, reused, (System.nanoTime() - started) / 1_000_000_000);
        }
      }
      assertThat(reused).as("positions taken from the cache").isPositive();
    }
  }

  /// Twice as many requests as the batch holds, of all kinds, some of them resumed.
  private static long round(CodebookTransformer model, int size, List<Recording> alone) {
    SplittableRandom random = new SplittableRandom(size);
    var limits =
        new BatchLimits(
            size, 1 + random.nextInt(2 * size + 20), 64 * size + 64, 1 + random.nextInt(40), 1024);
    try (var batch = new ContinuousBatch(model, limits)) {
      Map<Recording, int[]> expected = new HashMap<>();
      int sent = 0;
      for (int step = 0; sent < 2 * size + 2 || batch.active() > 0; step++) {
        while (sent < 2 * size + 2) {
          int kind = random.nextInt(KINDS);
          int committed = random.nextInt(3) == 0 ? random.nextInt(TOKENS) : 0;
          int[] known = Arrays.copyOf(alone.get(kind).tokenArray(), committed);
          String salt = random.nextInt(4) == 0 ? "" : "t" + random.nextInt(2);
          Recording recording = new Recording();
          var request = request(model, "r" + sent, kind, known, salt);
          if (!batch.offer(request, source(model, kind), recording)) {
            break;
          }
          expected.put(recording, new int[] {kind, committed});
          sent++;
        }
        batch.hold("r" + random.nextInt(sent), random.nextInt(4) == 0);
        batch.step();
        assertThat(step).as("steps until all are done").isLessThan(5_000);
      }
      expected.forEach(
          (recording, which) ->
              assertThat(recording.decisions(which[1]))
                  .as("size %d, kind %d, from token %d", size, which[0], which[1])
                  .isEqualTo(alone.get(which[0]).decisions(which[1])));
      return batch.reusedPositions();
    }
  }

  /// Kinds share beginnings, and differ in sampling and rules.
  private static GenerationRequest request(
      CodebookTransformer model, String id, int kind, int[] committed, String salt) {
    int vocabulary = model.config().vocabulary();
    int[] prompt = new SplittableRandom(kind % 2).ints(PROMPT, 0, vocabulary).toArray();
    Sampling sampling =
        kind == 0 ? Sampling.greedy() : new Sampling(1.1f, 9 * (kind % 3), 0.95f, 1.1f, kind);
    return new GenerationRequest(id, prompt, committed, sampling, TOKENS, 4, List.of(), true, salt);
  }

  private static SteeringSource source(CodebookTransformer model, int kind) {
    Steering steering = steering(model, kind);
    return new SteeringSource() {
      @Override
      public Steering steeringFor(int position, boolean generationPhase) {
        return kind < 2 || position < 20 || position % 3 == 0 ? Steering.NONE : steering;
      }

      @Override
      public boolean needsHistory() {
        return kind == 5;
      }
    };
  }

  /// Every kind of intervention, bans that hit among them: the likeliest codes of each site.
  private static Steering steering(CodebookTransformer model, int kind) {
    Map<Integer, SiteSteering> sites = new HashMap<>();
    for (CodebookSite site : model.sites()) {
      SplittableRandom random = new SplittableRandom(31L * kind + site.index());
      SiteSteering.Builder builder = SiteSteering.builder();
      int most = Math.min(3 * site.codes() / 4, site.codes() - site.activeCodes());
      switch (site.index() % 4) {
        case 0 -> random.ints(most, 0, site.codes()).forEach(builder::ban);
        case 1 -> builder.write(random.nextInt(site.codes()), -1);
        case 2 ->
            builder
                .ban(random.nextInt(site.codes()))
                .disableTop(2)
                .ablate(random.nextInt(site.codes()))
                .append(random.nextInt(site.codes()));
        default -> builder.write(random.nextInt(site.codes()), SlotWrite.ALL_SLOTS);
      }
      sites.put(site.index(), builder.build());
    }
    return Steering.of(sites, model.sites().size());
  }

  private static CodebookTransformer load(String name, String backend, int threads) {
    Path folder = name.equals("tiny") ? TestModels.golden("gpt_neox") : TestModels.shipped(name);
    var team = threads == 1 ? new Team("one", 1) : new Team("two", 2, 0);
    return CodebookTransformer.load(folder, TestBackends.require(backend), team);
  }
}
