package dev.steerage.transformer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.Backends;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.Steering;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PrefixCacheTest {
  private static final int[] PROMPT = new SplittableRandom(1).ints(40, 0, 64).toArray();

  private final CodebookTransformer model =
      CodebookTransformer.load(TestModels.golden("gpt_neox"), Backends.byName("reference"));
  private final List<AutoCloseable> open = new ArrayList<>(List.of(model));

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  @Test
  void shouldReuseAPromptAndReportItAsIfItWereForwarded() {
    ContinuousBatch batch = batch(64, 64);
    Recording first = run(batch, request("a", PROMPT, 12, "t"), _ -> Steering.NONE);
    assertThat(batch.reusedPositions()).isZero();

    Recording second = run(batch, request("b", PROMPT, 12, "t"), _ -> Steering.NONE);

    assertThat(batch.reusedPositions()).isEqualTo(32);
    assertThat(second.decisions(0)).isEqualTo(first.decisions(0));
  }

  @Test
  void shouldReuseWhatWasGeneratedToo() {
    ContinuousBatch batch = batch(64, 64);
    Recording first = run(batch, request("a", PROMPT, 12, "t"), _ -> Steering.NONE);
    int[] longer = Arrays.copyOf(PROMPT, 55);
    System.arraycopy(first.tokenArray(), 0, longer, 40, 12);

    Recording second = run(batch, request("b", longer, 5, "t"), _ -> Steering.NONE);

    assertThat(batch.reusedPositions()).isEqualTo(48);
    assertThat(second.decisions(0))
        .isEqualTo(
            run(batch(64, 0), request("b", longer, 5, "t"), _ -> Steering.NONE).decisions(0));
  }

  @Test
  void shouldForwardTheLastPositionEvenWhereAllPagesAreKnown() {
    ContinuousBatch batch = batch(64, 64);
    int[] prompt = Arrays.copyOf(PROMPT, 32);
    Recording first = run(batch, request("a", prompt, 8, "t"), _ -> Steering.NONE);
    Recording second = run(batch, request("b", prompt, 8, "t"), _ -> Steering.NONE);
    assertThat(batch.reusedPositions()).isEqualTo(16);
    assertThat(second.decisions(0)).isEqualTo(first.decisions(0));
  }

  @Test
  void shouldShareNothingBetweenSaltsNorWithoutOne() {
    ContinuousBatch batch = batch(160, 160);
    for (String salt : List.of("t", "u", "", "")) {
      run(batch, request("a", PROMPT, 4, salt), _ -> Steering.NONE);
    }
    assertThat(batch.reusedPositions()).isZero();
    run(batch, request("a", PROMPT, 4, "u"), _ -> Steering.NONE);
    assertThat(batch.reusedPositions()).isEqualTo(32);
  }

  @Test
  void shouldReuseOnlyWhatWasSteeredInTheSameWay() {
    ContinuousBatch batch = batch(64, 64);
    run(batch, request("a", PROMPT, 4, "t"), _ -> steering(3));
    // Another object that says the same.
    run(batch, request("b", PROMPT, 4, "t"), _ -> steering(3));
    assertThat(batch.reusedPositions()).isEqualTo(32);
    IntFunction<Steering> other = position -> position == 20 ? steering(4) : steering(3);

    Recording third = run(batch, request("c", PROMPT, 4, "t"), other);

    assertThat(batch.reusedPositions()).isEqualTo(32 + 16);
    assertThat(third.decisions(0))
        .isEqualTo(run(batch(64, 0), request("c", PROMPT, 4, "t"), other).decisions(0));
  }

  @Test
  void shouldAskForEachPositionOnceAndInOrderWhetherItHitsOrMisses() {
    ContinuousBatch batch = batch(64, 64);
    for (int round = 0; round < 3; round++) {
      List<Integer> asked = new ArrayList<>();
      int salted = round;
      run(
          batch,
          request("a", PROMPT, 6, "t"),
          position -> {
            asked.add(position);
            return salted == 2 && position > 25 ? steering(5) : Steering.NONE;
          });
      assertThat(asked).isEqualTo(java.util.stream.IntStream.range(0, 45).boxed().toList());
    }
    assertThat(batch.reusedPositions()).isEqualTo(32 + 16);
  }

  @Test
  void shouldKeepNoMorePagesThanAllowedAndGiveUpTheOldest() {
    ContinuousBatch batch = batch(160, 48);
    for (int i = 0; i < 3; i++) {
      run(batch, request("a", prompt(i), 4, "t"), _ -> Steering.NONE);
      assertThat(batch.cachedPositions()).isEqualTo(Math.min(48, 32 * (i + 1)));
      assertThat(batch.freePositions()).isEqualTo(160);
    }
    // Of the second prompt the first page is left, of the first nothing.
    run(batch, request("a", prompt(0), 4, "t"), _ -> Steering.NONE);
    assertThat(batch.reusedPositions()).isZero();
  }

  @Test
  void shouldMakeRoomForRequestsWhateverIsKept() {
    ContinuousBatch batch = batch(64, 64);
    run(batch, request("a", PROMPT, 20, "t"), _ -> Steering.NONE);
    assertThat(batch.cachedPositions()).isEqualTo(48);
    Recording other = run(batch, request("b", prompt(7), 20, "t"), _ -> Steering.NONE);
    assertThat(other.reason).isEqualTo(FinishReason.LENGTH);
    assertThat(batch.freePositions()).isEqualTo(64);
    assertThat(batch.cachedPositions()).isLessThanOrEqualTo(64);
  }

  /// Requests with common beginnings come, go and are cancelled; each gives what it gives alone.
  @Test
  void shouldGiveTheSameBitsInAnyOrderOfHitsAndEvictions() {
    Map<String, String> alone = new HashMap<>();
    for (int seed = 0; seed < 4; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      BatchLimits limits = new BatchLimits(4, 20, 16 * (8 + 2 * seed), 7, 16 * 3 * seed);
      try (ContinuousBatch batch = new ContinuousBatch(model, limits)) {
        Map<String, Recording> running = new HashMap<>();
        for (int step = 0; step < 250; step++) {
          int kind = random.nextInt(8);
          Recording recording = new Recording();
          if (!running.containsKey("r" + kind)
              && batch.offer(mixed(kind), source(kind), recording)) {
            running.put("r" + kind, recording);
          }
          if (random.nextInt(12) == 0) {
            batch.cancel("r" + random.nextInt(8));
          }
          batch.hold("r" + random.nextInt(8), random.nextInt(3) == 0);
          batch.step();
          running
              .entrySet()
              .removeIf(
                  entry -> {
                    Recording done = entry.getValue();
                    if (done.reason == FinishReason.LENGTH) {
                      assertThat(done.decisions(0))
                          .isEqualTo(alone.computeIfAbsent(entry.getKey(), this::alone));
                    }
                    return done.reason != null;
                  });
        }
        running.keySet().forEach(batch::cancel);
        assertThat(batch.freePositions()).isEqualTo(limits.kvPositions());
        assertThat(batch.cachedPositions()).isLessThanOrEqualTo(limits.cachedPositions());
        assertThat(batch.reusedPositions() > 0).isEqualTo(seed > 0);
      }
    }
    assertThat(alone).hasSize(8);
  }

  private String alone(String id) {
    int kind = Integer.parseInt(id.substring(1));
    Recording recording = new Recording();
    try (ContinuousBatch batch = new ContinuousBatch(model, new BatchLimits(1, 64, 64, 64))) {
      batch.offer(mixed(kind), source(kind), recording);
      while (batch.active() > 0) {
        batch.step();
      }
    }
    return recording.decisions(0);
  }

  /// Beginnings of two texts, of different lengths.
  private static GenerationRequest mixed(int kind) {
    int[] prompt = Arrays.copyOf(prompt(kind % 2), 20 + 6 * (kind / 2));
    return request("r" + kind, prompt, 9, "t");
  }

  private SteeringSource source(int kind) {
    return new SteeringSource() {
      @Override
      public Steering steeringFor(int position, boolean generationPhase) {
        return kind < 4 || position < 18 ? Steering.NONE : steering(kind);
      }

      @Override
      public boolean needsHistory() {
        return kind == 6;
      }
    };
  }

  private Steering steering(int code) {
    SiteSteering site = SiteSteering.builder().ban(code).append(code + 1).write(code, -1).build();
    return Steering.of(Map.of(1, site, 4, site), model.sites().size());
  }

  private static int[] prompt(int seed) {
    return new SplittableRandom(seed).ints(40, 0, 64).toArray();
  }

  private static GenerationRequest request(String id, int[] prompt, int maxTokens, String salt) {
    return new GenerationRequest(
        id, prompt, new int[0], Sampling.greedy(), maxTokens, 3, List.of(), true, salt);
  }

  private ContinuousBatch batch(int positions, int cached) {
    ContinuousBatch batch =
        new ContinuousBatch(model, new BatchLimits(2, 16, positions, 5, cached));
    open.add(batch);
    return batch;
  }

  private static Recording run(
      ContinuousBatch batch, GenerationRequest request, IntFunction<Steering> steering) {
    Recording recording = new Recording();
    var source =
        new SteeringSource() {
          @Override
          public Steering steeringFor(int position, boolean generationPhase) {
            return steering.apply(position);
          }

          @Override
          public boolean needsHistory() {
            return false;
          }
        };
    assertThat(batch.offer(request, source, recording)).isTrue();
    while (batch.active() > 0) {
      batch.step();
    }
    return recording;
  }
}
