package dev.steerage.transformer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.Backends;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.TestBackends;
import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.SlotWrite;
import dev.steerage.transformer.intervention.Steering;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What goes on at a site against its definition: all codes ranked, then each intervention in turn.
class InterventionDefinitionTest {
  private static final int[] PROMPT = {3, 1, 4, 1, 5, 9, 2, 6};

  static java.util.stream.Stream<String> backends() {
    return TestBackends.names();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void shouldDoWhatTheDefinitionSays(String backend) {
    TestBackends.require(backend);
    try (var model =
        CodebookTransformer.load(TestModels.golden("gpt_neox"), Backends.byName(backend))) {
      int k = model.sites().getFirst().activeCodes();
      int codes = model.sites().getFirst().codes();
      List<List<Integer>> ranking = ranking(model, codes, k);
      SplittableRandom random = new SplittableRandom(11);
      for (int round = 0; round < 150; round++) {
        Case one = Case.random(random, codes, k, ranking.getLast());
        Recording run = run(model, one.steering());
        for (int position = 0; position < PROMPT.length; position++) {
          int at = position;
          assertThat(run.natural.get(position)).startsWith(ints(ranking.get(at).subList(0, k)));
          assertThat(run.effective.get(position))
              .as("round %d, position %d, %s", round, position, one)
              .startsWith(ints(one.definition(ranking.get(at), k)));
        }
      }
    }
  }

  /// All codes of the first site at each position, most similar first.
  private static List<List<Integer>> ranking(CodebookTransformer model, int codes, int k) {
    List<List<Integer>> ranking = new ArrayList<>();
    for (int position = 0; position < PROMPT.length; position++) {
      ranking.add(new ArrayList<>());
    }
    for (int from = 0; from < codes; from += k) {
      int top = Math.min(from, codes - k);
      Recording run = run(model, SiteSteering.builder().disableTop(top).build());
      for (int position = 0; position < PROMPT.length; position++) {
        List<Integer> ranks = ranking.get(position);
        for (int slot = from - top; slot < k; slot++) {
          ranks.add(run.effective.get(position)[slot]);
        }
      }
    }
    ranking.forEach(
        ranks ->
            assertThat(ranks)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, codes).boxed().toList()));
    return ranking;
  }

  /// Interventions as lists.
  private record Case(
      List<Integer> bans,
      int disableTop,
      List<Integer> ablations,
      List<SlotWrite> writes,
      List<Integer> appends) {
    /// Often about the likeliest codes, sometimes about all of them, sometimes twice about one.
    static Case random(SplittableRandom random, int codes, int k, List<Integer> ranks) {
      List<Integer> likely = new ArrayList<>(ranks.subList(0, 3 * k));
      List<Integer> bans = new ArrayList<>();
      switch (random.nextInt(5)) {
        case 0 -> {}
        case 1 -> bans.addAll(ranks);
        case 2 -> bans.addAll(ranks.subList(0, codes - random.nextInt(2 * k)));
        default -> bans.addAll(likely.subList(0, random.nextInt(likely.size())));
      }
      List<SlotWrite> writes = new ArrayList<>();
      for (int i = random.nextInt(k + 2); i > 0; i--) {
        int slot = random.nextInt(4) == 0 ? SlotWrite.ALL_SLOTS : random.nextInt(2 * k) - k;
        // A banned code may be written: it was asked for by name.
        writes.add(new SlotWrite(likely.get(random.nextInt(likely.size())), slot));
      }
      List<Integer> appends = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        appends.add(random.nextInt(4));
      }
      Collections.shuffle(bans, new java.util.Random(random.nextLong()));
      return new Case(
          bans,
          random.nextInt(3) == 0 ? random.nextInt(codes - k + 1) : 0,
          random.nextBoolean() ? likely.subList(0, 2) : List.of(),
          writes,
          appends);
    }

    SiteSteering steering() {
      SiteSteering.Builder builder = SiteSteering.builder().disableTop(disableTop);
      bans.forEach(builder::ban);
      ablations.forEach(builder::ablate);
      writes.forEach(builder::write);
      appends.forEach(builder::append);
      return builder.build();
    }

    List<Integer> definition(List<Integer> ranking, int k) {
      Set<Integer> banned = new HashSet<>(bans);
      List<Integer> slots =
          new ArrayList<>(
              ranking.stream()
                  .filter(code -> !banned.contains(code))
                  .skip(disableTop)
                  .limit(k)
                  .map(code -> ablations.contains(code) ? -1 : code)
                  .toList());
      while (slots.size() < k) {
        slots.add(-1);
      }
      for (SlotWrite write : writes) {
        if (write.slot() == SlotWrite.ALL_SLOTS) {
          Collections.fill(slots, write.code());
        } else {
          slots.set(write.slot() >= 0 ? write.slot() : k + write.slot(), write.code());
        }
      }
      slots.addAll(appends);
      return slots;
    }
  }

  private static Recording run(CodebookTransformer model, SiteSteering site) {
    Steering steering = Steering.of(Map.of(0, site), model.sites().size());
    Recording recording = new Recording();
    try (var batch = new ContinuousBatch(model, new BatchLimits(1, 8, 16, 8))) {
      var source =
          new SteeringSource() {
            @Override
            public Steering steeringFor(int position, boolean generationPhase) {
              return steering;
            }

            @Override
            public boolean needsHistory() {
              return false;
            }
          };
      batch.offer(
          new GenerationRequest("a", PROMPT, new int[0], Sampling.greedy(), 1, 0, List.of(), true),
          source,
          recording);
      while (batch.active() > 0) {
        batch.step();
      }
    }
    return recording;
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
