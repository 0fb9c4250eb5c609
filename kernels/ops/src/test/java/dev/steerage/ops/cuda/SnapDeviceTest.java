package dev.steerage.ops.cuda;

import static dev.steerage.ops.EngagedBackends.REFERENCE;
import static dev.steerage.ops.cuda.TestDevice.over;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.Floats;
import dev.steerage.ops.Tensors;
import dev.steerage.ops.snap.PackedCodebook;
import dev.steerage.ops.snap.Similarity;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Both halves of the snap on the device: ids, means and histograms equal those of the reference,
/// with interventions and without, whatever the split, the batch and the order of threads.
class SnapDeviceTest {
  private static final int APPENDS = 16;
  private static final int ENTRIES = 1024;

  /// A group of codebooks and rows that meet it.
  private record Problem(
      int size,
      int codes,
      int width,
      int k,
      Similarity similarity,
      MemorySegment values,
      MemorySegment gamma,
      MemorySegment beta,
      MemorySegment x,
      int rows,
      SteeringWords steering) {
    static Problem of(
        Arena arena, int size, int codes, int width, int k, Similarity similarity, int rows) {
      return new Problem(
          size,
          codes,
          width,
          k,
          similarity,
          Tensors.normal(arena, (long) size * codes * width, codes),
          Tensors.normal(arena, (long) size * width, 2),
          Tensors.normal(arena, (long) size * width, 3),
          Tensors.normal(arena, (long) rows * (size * width + 5), 4),
          rows,
          SteeringWords.none(rows));
    }

    Problem with(SteeringWords words) {
      return new Problem(size, codes, width, k, similarity, values, gamma, beta, x, rows, words);
    }

    int stride() {
      return size * width + 5;
    }
  }

  /// What comes out for all rows.
  ///
  /// @param candidates of each row and site after the scan; more than the kernels keep where every
  ///   code was ranked
  private record Outcome(
      int[] natural, int[] effective, int[] bits, int[] histogram, int[] candidates) {}

  /// By the definition: canonical order of all codes, then the interventions one by one.
  private static Outcome defined(Problem p, Arena arena) {
    int[] natural = new int[p.rows * p.size * p.k];
    int[] effective = new int[p.rows * p.size * (p.k + APPENDS)];
    Arrays.fill(effective, -7);
    int[] histogram = new int[2 * (3 + p.size) * p.codes];
    MemorySegment out = Tensors.copy(arena, p.x);
    MemorySegment u = Tensors.empty(arena, p.width);
    for (int i = 0; i < p.size; i++) {
      MemorySegment book =
          TestDevice.slice(p.values, (long) i * p.codes * p.width, (long) p.codes * p.width);
      PackedCodebook packed = REFERENCE.snap().pack(book, p.codes, p.width, p.similarity, arena);
      for (int r = 0; r < p.rows; r++) {
        long at = (long) r * p.stride() + (long) i * p.width;
        REFERENCE
            .layerNorm()
            .apply(
                p.x,
                at,
                p.stride(),
                1,
                p.width,
                TestDevice.slice(p.gamma, (long) i * p.width, p.width),
                TestDevice.slice(p.beta, (long) i * p.width, p.width),
                1e-5f,
                u,
                0,
                p.width);
        int[] order = new int[p.codes];
        REFERENCE.snap().scan(packed, u, 0, p.width, 1, new int[] {p.codes}, order, 0, p.codes);
        int naturalAt = (r * p.size + i) * p.k;
        System.arraycopy(order, 0, natural, naturalAt, p.k);
        for (int s = 0; s < p.k; s++) {
          histogram[(r % 2 * (3 + p.size) + 3 + i) * p.codes + order[s]]++;
        }
        int effectiveAt = (r * p.size + i) * (p.k + APPENDS);
        int slots = p.steering.apply(r, i, p.k, order, effective, effectiveAt);
        int[] chosen = slots == 0 ? natural : effective;
        int from = slots == 0 ? naturalAt : effectiveAt;
        int count = slots == 0 ? p.k : slots;
        REFERENCE.snap().mean(packed, chosen, from, count, count, out, at);
      }
    }
    return new Outcome(natural, effective, Tensors.bits(out), histogram, null);
  }

  /// One problem on the device, its codebooks packed there.
  private static final class OnDevice {
    private final TestDevice device;
    private final Problem p;
    private final long fragments;
    private final long start;
    private final long norms;
    private final long stats;
    private final long values;
    private final long heads;
    private final long entries;
    private final long epsilons;
    private final long histogramAt;

    OnDevice(TestDevice device, Problem p) {
      this.device = device;
      this.p = p;
      int tiles = over(p.codes, 16);
      long fragmentBytes = 16L * tiles * over(p.width, 32) * 64;
      fragments = device.zeros(p.size * fragmentBytes);
      start = device.zeros(4L * p.size * tiles * 16);
      norms = device.zeros(8L * p.size * p.codes);
      stats = device.zeros(16L * p.size);
      values = device.put(p.values);
      heads = device.zeros(8L * p.rows * p.size);
      entries = device.zeros(8L * p.rows * p.size * ENTRIES);
      MemorySegment eps = Tensors.empty(device.arena(), p.size);
      for (int i = 0; i < p.size; i++) {
        Floats.set(eps, i, 1e-5f);
      }
      epsilons = device.put(eps);
      int[] from = new int[p.rows];
      for (int r = 0; r < p.rows; r++) {
        from[r] = r % 2 * (3 + p.size) * p.codes;
      }
      histogramAt = device.ints(from);
      for (int i = 0; i < p.size; i++) {
        device
            .run("pack_codes", tiles, 1, 1, 128)
            .with(
                values + 4L * i * p.codes * p.width,
                p.codes,
                p.width,
                p.similarity.ordinal(),
                fragments + i * fragmentBytes,
                start + 4L * i * tiles * 16,
                norms + 8L * i * p.codes,
                stats + 16L * i);
      }
    }

    private int[] candidates() {
      int[] words = device.ints(heads, 2 * p.rows * p.size);
      int[] candidates = new int[p.rows * p.size];
      for (int i = 0; i < candidates.length; i++) {
        candidates[i] = words[2 * i];
      }
      return candidates;
    }

    /// What the proof rests on: no score of the scan is further from the exact one than the bound
    /// says, on whatever does the sums here.
    private void assertWithinTheBound(int[] candidates, long normed, long slack) {
      MemorySegment u = device.floats(normed, (long) p.rows * p.size * p.width);
      MemorySegment found = device.floats(entries, 2L * p.rows * p.size * ENTRIES);
      for (int at = 0; at < candidates.length; at++) {
        double bound = TestDevice.at(device.floats(slack + 4L * at, 1), 0) / 2;
        for (int i = 0; i < candidates[at] && candidates[at] <= ENTRIES; i++) {
          long entry = 2L * ((long) at * ENTRIES + i);
          int id = found.get(ValueLayout.JAVA_INT_UNALIGNED, 4 * entry + 4) & Integer.MAX_VALUE;
          double exact =
              exact(u, (long) at * p.width, (at % p.size * (long) p.codes + id) * p.width);
          if (Double.isFinite(exact)) {
            double off = Math.abs(TestDevice.at(found, entry) - exact);
            assertThat(off).as("row and site %d, code %d", at, id).isLessThanOrEqualTo(bound);
          }
        }
      }
    }

    /// What the scan approximates; no finite number for codes without a direction.
    private double exact(MemorySegment u, long row, long code) {
      double product = 0;
      double squares = 0;
      for (int i = 0; i < p.width; i++) {
        double c = Floats.get(p.values, code + i);
        product += Floats.get(u, row + i) * c;
        squares += c * c;
      }
      return switch (p.similarity) {
        case INNER_PRODUCT -> product / Math.sqrt(squares);
        case EUCLIDEAN -> product - squares / 2;
      };
    }

    Outcome run(int nr, int splits, int order) {
      TestDevice.order(order);
      long x = device.put(p.x);
      long at = device.ints(p.steering.at());
      long words = device.ints(p.steering.words());
      long normed = device.empty((long) p.rows * p.size * p.width);
      long slack = device.empty((long) p.rows * p.size);
      long count = device.ints(p.rows);
      scan(nr, splits, x, at, words, normed, slack, count);
      int[] candidates = candidates();
      assertWithinTheBound(candidates, normed, slack);
      int[] blank = new int[p.rows * p.size * (p.k + APPENDS)];
      Arrays.fill(blank, -7);
      long natural = device.ints(new int[p.rows * p.size * p.k]);
      long effective = device.ints(blank);
      long histogram = device.ints(new int[2 * (3 + p.size) * p.codes]);
      choose(x, at, words, normed, slack, natural, effective, histogram, count);
      assertThat(device.ints(heads, 2 * p.rows * p.size)).containsOnly(0);
      return new Outcome(
          device.ints(natural, p.rows * p.size * p.k),
          device.ints(effective, blank.length),
          device.bits(x, p.x.byteSize() / 4),
          device.ints(histogram, 2 * (3 + p.size) * p.codes),
          candidates);
    }

    private void scan(
        int nr, int splits, long x, long at, long words, long normed, long slack, long count) {
      device
          .run("snap_scan_n" + nr, splits, p.size, over(p.rows + 1, nr), 256)
          .shared(nr * (over(p.width, 32) * 64 + 8 * (nr < 64 ? 256 : 128) + 32))
          .with(
              x,
              p.stride(),
              0,
              device.put(p.gamma),
              device.put(p.beta),
              epsilons,
              fragments,
              start,
              stats,
              p.codes,
              p.width,
              p.k,
              p.similarity.ordinal(),
              3,
              at,
              words,
              normed,
              slack,
              heads,
              entries,
              count);
    }

    private void choose(
        long x,
        long at,
        long words,
        long normed,
        long slack,
        long natural,
        long effective,
        long histogram,
        long count) {
      device
          .run("snap_choose", p.size, p.rows + 1, 1, 128)
          .with(
              x,
              p.stride(),
              0,
              values,
              norms,
              p.codes,
              p.width,
              p.k,
              p.similarity.ordinal(),
              3,
              at,
              words,
              normed,
              slack,
              heads,
              entries,
              natural,
              p.size * p.k,
              0,
              effective,
              p.size * (p.k + APPENDS),
              0,
              histogram,
              histogramAt,
              count);
    }
  }

  private static void assertSame(Outcome actual, Outcome expected, String what) {
    assertThat(actual.natural).as("natural, " + what).isEqualTo(expected.natural);
    assertThat(actual.effective).as("effective, " + what).isEqualTo(expected.effective);
    assertThat(actual.bits).as("means, " + what).isEqualTo(expected.bits);
    assertThat(actual.histogram).as("histogram, " + what).isEqualTo(expected.histogram);
  }

  /// @param shapes rows at once and splits of each run
  /// @return the most candidates that a run left for a row
  private static int compare(Problem p, int... shapes) {
    int most = 0;
    try (TestDevice device = TestDevice.open();
        Arena arena = Arena.ofConfined()) {
      Outcome expected = defined(p, arena);
      OnDevice on = new OnDevice(device, p);
      for (int i = 0; i < shapes.length; i += 2) {
        String what = "rows at once " + shapes[i] + ", splits " + shapes[i + 1];
        Outcome actual = on.run(shapes[i], shapes[i + 1], i);
        assertSame(actual, expected, what);
        most = Math.max(most, Arrays.stream(actual.candidates).max().getAsInt());
      }
    }
    return most;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1, INNER_PRODUCT, 1",
    "2, 13, 7, 3, INNER_PRODUCT, 9",
    "1, 207, 33, 8, EUCLIDEAN, 5",
    "3, 400, 64, 8, INNER_PRODUCT, 11",
    "1, 1000, 32, 1, INNER_PRODUCT, 3",
    "1, 300, 130, 20, EUCLIDEAN, 2"
  })
  void shouldChooseAsTheReference(
      int size, int codes, int width, int k, Similarity similarity, int rows) {
    try (Arena arena = Arena.ofConfined()) {
      int candidates =
          compare(Problem.of(arena, size, codes, width, k, similarity, rows), 8, 1, 16, 3);
      // A handful for each of the splits: the scan decides nearly everything.
      assertThat(candidates).isBetween(k, 3 * (k + 20));
    }
  }

  @Test
  void shouldChooseTheSameInTilesOfEveryHeight() {
    try (Arena arena = Arena.ofConfined()) {
      Problem p = Problem.of(arena, 1, 150, 32, 4, Similarity.INNER_PRODUCT, 67);
      compare(p, 8, 4, 16, 2, 32, 1, 64, 3);
    }
  }

  @Test
  void shouldIntervenePerRowAsTheDefinitionSays() {
    try (Arena arena = Arena.ofConfined()) {
      int codes = 260;
      Problem plain = Problem.of(arena, 2, codes, 32, 5, Similarity.INNER_PRODUCT, 24);
      Outcome natural = defined(plain, arena);
      SteeringWords words =
          SteeringWords.random(new Random(5), 24, 3, 2, 5, codes, natural.natural);
      compare(plain.with(words), 8, 1, 16, 5);
    }
  }

  @Test
  void shouldKeepTheLowestIdsWhereCodesAreEqual() {
    try (Arena arena = Arena.ofConfined()) {
      Problem p = Problem.of(arena, 1, 700, 24, 8, Similarity.INNER_PRODUCT, 4);
      for (int id = 0; id < 700; id++) {
        // Thirty-seven directions over and over, some turned round; then all alike.
        MemorySegment.copy(p.values, id % 37 * 96L, p.values, id * 96L, 96);
        for (int i = 0; i < 24 && id >= 37 && id % 3 == 0; i++) {
          long at = id * 24L + i;
          Floats.set(p.values, at, -Floats.get(p.values, at));
        }
      }
      compare(p, 8, 2, 8, 1);
      for (int id = 1; id < 700; id++) {
        MemorySegment.copy(p.values, 0, p.values, id * 96L, 96);
      }
      compare(p, 8, 1, 16, 7);
    }
  }

  @Test
  void shouldChooseAsTheReferenceFromHardCodesAndRows() {
    for (Similarity similarity : Similarity.values()) {
      try (Arena arena = Arena.ofConfined()) {
        int width = 16;
        Problem p = Problem.of(arena, 1, 150, width, 8, similarity, 12);
        MemorySegment hard = Tensors.hard(arena, 150L * width, 9);
        MemorySegment.copy(hard, 0, p.values, 0, 75L * width * 4);
        for (int i = 0; i < width; i++) {
          Floats.set(p.values, 80L * width + i, i % 2 == 0 ? 0f : -0f);
          Floats.set(p.values, 90L * width + i, 1e-44f);
        }
        Floats.set(p.values, 100L * width, Float.NaN);
        Floats.set(p.values, 101L * width, Float.POSITIVE_INFINITY);
        MemorySegment rows = Tensors.hard(arena, 4L * p.stride(), 10);
        MemorySegment.copy(rows, 0, p.x, 0, rows.byteSize());
        Floats.set(p.x, 5L * p.stride() + 3, Float.NaN);
        for (int i = 0; i < width; i++) {
          Floats.set(p.x, 6L * p.stride() + i, 2f);
        }
        compare(p, 8, 1, 16, 2);
      }
    }
  }

  /// All codes stay candidates here, so that every score is held against the bound.
  @ParameterizedTest
  @CsvSource({"16, INNER_PRODUCT", "64, EUCLIDEAN", "300, INNER_PRODUCT", "1024, INNER_PRODUCT"})
  void shouldScoreWithinTheBoundWhereTermsCancelAndDifferInSize(int width, Similarity similarity) {
    try (Arena arena = Arena.ofConfined()) {
      Problem p = Problem.of(arena, 1, 96, width, 96, similarity, 8);
      for (int i = 0; i < width; i++) {
        float scale = Math.scalb(1f, i * 7 % 23 - 11);
        Floats.set(p.gamma, i, Floats.get(p.gamma, i) * scale);
        for (int id = 0; id < 96; id++) {
          // Codes of the first half undo the scale, so that products are alike and cancel.
          long at = (long) id * width + i;
          float c = Floats.get(p.values, id % 2 == 0 ? at : at - width + i % 2);
          Floats.set(p.values, at, id < 48 ? c / scale : c);
        }
      }
      assertThat(compare(p, 8, 1)).isEqualTo(96);
    }
  }

  @Test
  @Tag("long")
  void shouldChooseAsTheReferenceFromManyCodes() {
    try (Arena arena = Arena.ofConfined()) {
      Problem p = Problem.of(arena, 2, 10_000, 64, 8, Similarity.INNER_PRODUCT, 16);
      SteeringWords words =
          SteeringWords.random(new Random(6), 16, 3, 2, 8, 10_000, defined(p, arena).natural);
      compare(p, 8, 16, 32, 7);
      compare(p.with(words), 64, 39, 16, 128);
      compare(Problem.of(arena, 1, 3000, 1024, 8, Similarity.INNER_PRODUCT, 9), 16, 20);
    }
  }
}
