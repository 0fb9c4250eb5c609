package dev.steerage.transformer.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.steerage.ops.Team;
import dev.steerage.ops.cuda.DeviceMemoryException;
import dev.steerage.ops.linear.WeightType;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.TestBackends;
import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.cuda.CudaForward;
import dev.steerage.transformer.cuda.CudaOptions;
import dev.steerage.transformer.forward.ForwardSource;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Batches on a CUDA device, or on an emulated one: what a step gives, what it takes, what it
/// refuses.
class CudaBatchTest {
  private static final int TOKENS = 6;
  private static final BatchLimits SMALL = new BatchLimits(4, 8, 4 * 32, 5);

  @ParameterizedTest
  @ValueSource(strings = {"gpt_neox", "gpt2", "gpt_neo"})
  void shouldGiveTheBitsOfTheReferenceForEveryArchitecture(String name) {
    try (CodebookTransformer reference = load(name, "reference", WeightType.F32);
        CodebookTransformer model = load(name, "cuda", WeightType.F32)) {
      assertThat(run(model, SMALL, model::forward, 3))
          .isEqualTo(run(reference, SMALL, reference::forward, 3));
      assertThat(model.numericClass().backend()).isEqualTo("cuda");
    }
  }

  @ParameterizedTest
  @EnumSource(WeightType.class)
  void shouldGiveTheSameBitsInAnyBatchChunkAndWithoutGraphs(WeightType type) {
    try (CodebookTransformer model = load("gpt_neox", "cuda", type)) {
      List<String> alone = run(model, new BatchLimits(1, 16, 32, 16), model::forward, 3);
      assertThat(run(model, SMALL, model::forward, 3)).as("together").isEqualTo(alone);
      assertThat(run(model, new BatchLimits(4, 3, 4 * 32, 1), model::forward, 3))
          .as("in small steps")
          .isEqualTo(alone);
      ForwardSource single = with(model, CudaOptions.USUAL.withGraphs(false).withSampleEvery(3));
      assertThat(run(model, SMALL, single, 3)).as("without graphs").isEqualTo(alone);
      ForwardSource serial = with(model, CudaOptions.USUAL.withBranches(false).withSampleEvery(3));
      assertThat(run(model, SMALL, serial, 3)).as("without branches").isEqualTo(alone);
    }
  }

  @Test
  void shouldNeverMakeAGraphAgainForARule() {
    try (CodebookTransformer model = load("gpt_neox", "cuda", WeightType.F32);
        ContinuousBatch batch = new ContinuousBatch(model, SMALL)) {
      long graphs = batch.device().orElseThrow().graphs();
      assertThat(graphs).as("for 1, 2, 4 and 8 rows").isEqualTo(4);
      run(model, batch, 4);
      assertThat(batch.device().orElseThrow().graphs()).isEqualTo(graphs);
    }
  }

  @Test
  void shouldSteerTheSameWhereInterventionsHardlyFit() {
    try (CodebookTransformer model = load("gpt_neox", "cuda", WeightType.F32)) {
      List<String> roomy = run(model, SMALL, model::forward, 3);
      int record = 2 * model.sites().size() + 90;
      ForwardSource tight = with(model, CudaOptions.USUAL.withSteeringWords(record));
      assertThat(run(model, SMALL, tight, 3)).isEqualTo(roomy);
    }
  }

  @Test
  void shouldRefuseABatchThatDoesNotFitAndGoOnWithTheOthers() {
    try (CodebookTransformer model = load("gpt_neox", "cuda", WeightType.F32);
        ContinuousBatch batch = new ContinuousBatch(model, SMALL)) {
      List<String> before = run(model, batch, 2);
      long free = batch.device().orElseThrow().freeBytes();
      BatchLimits huge = new BatchLimits(4, 8, Integer.MAX_VALUE / 16 * 16, 5);
      assertThatExceptionOfType(DeviceMemoryException.class)
          .isThrownBy(() -> new ContinuousBatch(model, huge).close())
          .withMessageMatching(
              "device memory: for=keys, values and activations of a batch, bytes=\\d+,"
                  + " limit=\\d+ free of \\d+");
      assertThat(batch.device().orElseThrow().freeBytes()).isEqualTo(free);
      assertThat(run(model, batch, 2)).isEqualTo(before);
    }
  }

  @Test
  void shouldRunSeveralModelsOnOneDevice() {
    try (CodebookTransformer one = load("gpt_neox", "cuda", WeightType.F32);
        CodebookTransformer two = load("gpt2", "cuda", WeightType.BF16);
        ContinuousBatch first = new ContinuousBatch(one, SMALL);
        ContinuousBatch second = new ContinuousBatch(two, SMALL)) {
      List<String> alone = List.of(run(one, first, 1).getFirst(), run(two, second, 1).getFirst());
      Recording a = offer(one, first, 0);
      Recording b = offer(two, second, 0);
      while (first.active() + second.active() > 0) {
        first.step();
        second.step();
      }
      assertThat(List.of(a.decisions(0), b.decisions(0))).isEqualTo(alone);
    }
  }

  @Test
  void shouldCountNaturalCodesOnTheDevice() {
    try (CodebookTransformer model = load("gpt_neox", "cuda", WeightType.F32);
        Arena arena = Arena.ofConfined()) {
      CudaForward forward =
          model
              .onDeviceOrNull()
              .forward(
                  model.weights(), 4, 1, 1, new int[] {0}, CudaOptions.USUAL.withHistograms(true));
      try (forward) {
        for (int position = 0; position < 4; position++) {
          forward.add(position + 1, position, 0, Steering.NONE, false);
        }
        forward.run();
        for (CodebookSite site : model.sites()) {
          int[] expected = new int[site.codes()];
          for (int row = 0; row < 4; row++) {
            for (int slot = 0; slot < site.activeCodes(); slot++) {
              expected[forward.natural(row, site.index(), slot)]++;
            }
          }
          MemorySegment counted = arena.allocate(ValueLayout.JAVA_INT, site.codes());
          forward.histogram(site.index(), counted);
          assertThat(counted.toArray(ValueLayout.JAVA_INT))
              .as("%s", site.site())
              .isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void shouldSayHowLongKernelsTakeAndWhatTheBatchHolds() {
    try (CodebookTransformer model = load("gpt_neox", "cuda", WeightType.F32);
        ContinuousBatch batch =
            new ContinuousBatch(model, SMALL, with(model, CudaOptions.USUAL.withSampleEvery(2)))) {
      run(model, batch, 2);
      var meter = batch.device().orElseThrow();
      assertThat(meter.kernelMs())
          .containsKeys("embed", "layernorm", "linear_f32", "attend", "snap_scan", "snap_choose")
          .allSatisfy((kernel, ms) -> assertThat(ms).as(kernel).isGreaterThanOrEqualTo(0));
      assertThat(meter.rows()).isGreaterThan(0).isLessThanOrEqualTo(meter.places());
      assertThat(meter.steps()).isGreaterThan(2);
      assertThat(meter.modelBytes()).isPositive();
      assertThat(meter.batchBytes()).isPositive();
    }
  }

  @Test
  void shouldGiveTheSameBitsInAnyBatchWithACacheOfBf16() {
    try (CodebookTransformer model = load("gpt_neox", "cuda", WeightType.BF16)) {
      ForwardSource rounded = with(model, CudaOptions.USUAL.withBf16Cache(true));
      List<String> alone = run(model, new BatchLimits(1, 16, 32, 16), rounded, 3);
      assertThat(run(model, SMALL, rounded, 3)).isEqualTo(alone);
      assertThat(run(model, SMALL, model::forward, 3)).as("of float32").isNotEqualTo(alone);
    }
  }

  @Test
  void shouldTimeTheSnapsOfAStepByThemselves() {
    try (CodebookTransformer model = load("gpt_neox", "cuda", WeightType.F32);
        CudaForward forward =
            model
                .onDeviceOrNull()
                .forward(model.weights(), 2, 1, 1, new int[1], CudaOptions.USUAL)) {
      forward.add(1, 0, 0, Steering.NONE, false);
      forward.run();
      assertThat(forward.snapMs(2)).isPositive();
    }
  }

  private static CodebookTransformer load(String name, String backend, WeightType type) {
    return CodebookTransformer.load(
        TestModels.golden(name), TestBackends.require(backend), type, new Team("one", 1));
  }

  private static ForwardSource with(CodebookTransformer model, CudaOptions options) {
    return (capacity, logitsCapacity, pages, pageTable) ->
        model
            .onDeviceOrNull()
            .forward(model.weights(), capacity, logitsCapacity, pages, pageTable, options);
  }

  private static List<String> run(
      CodebookTransformer model, BatchLimits limits, ForwardSource forwards, int requests) {
    try (ContinuousBatch batch = new ContinuousBatch(model, limits, forwards)) {
      return run(model, batch, requests);
    }
  }

  /// What a few requests get, steered differently, as many at a time as the batch takes.
  private static List<String> run(CodebookTransformer model, ContinuousBatch batch, int requests) {
    List<Recording> recordings = new ArrayList<>();
    while (recordings.size() < requests || batch.active() > 0) {
      if (recordings.size() < requests && batch.active() < batch.limits().sequences()) {
        recordings.add(offer(model, batch, recordings.size()));
      }
      batch.step();
    }
    return recordings.stream().map(recording -> recording.decisions(0)).toList();
  }

  private static Recording offer(CodebookTransformer model, ContinuousBatch batch, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] prompt = random.ints(3 + 4 * seed, 0, model.config().vocabulary()).toArray();
    Recording recording = new Recording();
    GenerationRequest request =
        new GenerationRequest(
            "r" + seed,
            prompt,
            new int[0],
            seed % 2 == 0 ? Sampling.greedy() : Sampling.temperature(1, seed),
            TOKENS,
            // Without any, the device says the likeliest token by itself.
            seed % 3,
            List.of(),
            true);
    assertThat(batch.offer(request, source(model, seed), recording)).isTrue();
    return recording;
  }

  /// Request 0 is not steered; the others are, by position.
  private static SteeringSource source(CodebookTransformer model, int seed) {
    Steering[] kinds = new Steering[4];
    for (int kind = 0; kind < kinds.length; kind++) {
      Map<Integer, SiteSteering> sites = new HashMap<>();
      for (CodebookSite site : model.sites()) {
        if (site.index() % 3 == kind % 3) {
          sites.put(site.index(), steering(site, kind, seed));
        }
      }
      kinds[kind] = Steering.of(sites, model.sites().size());
    }
    return new SteeringSource() {
      @Override
      public Steering steeringFor(int position, boolean generationPhase) {
        return seed == 0 || position % 5 == 4 ? Steering.NONE : kinds[position % 5];
      }

      @Override
      public boolean needsHistory() {
        return seed == 3;
      }
    };
  }

  private static SiteSteering steering(CodebookSite site, int kind, int seed) {
    SplittableRandom random = new SplittableRandom(31L * seed + site.index());
    int code = random.nextInt(site.codes());
    SiteSteering.Builder builder = SiteSteering.builder();
    switch (kind) {
      case 0 -> builder.write(code, -1);
      case 1 -> random.ints(site.codes(), 0, site.codes()).forEach(builder::ban);
      case 2 -> builder.append(code).append(0).disableTop(2);
      default -> builder.ban(code).ablate(random.nextInt(site.codes())).write(code, 0);
    }
    return builder.build();
  }
}
