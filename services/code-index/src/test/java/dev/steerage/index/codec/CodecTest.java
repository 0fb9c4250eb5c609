package dev.steerage.index.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodecTest {
  private static MemorySegment bytes(Output output) {
    return MemorySegment.ofArray(Arrays.copyOf(output.array(), output.size()));
  }

  /// Skewed ids: low ones often, high ones rarely.
  private static char[] ids(long seed, int count, int codes, double skew) {
    var random = new SplittableRandom(seed);
    char[] ids = new char[count];
    for (int i = 0; i < count; i++) {
      ids[i] = (char) Math.min(codes - 1, (int) (codes * Math.pow(random.nextDouble(), skew)));
    }
    return ids;
  }

  private static double entropyBits(char[] ids, int codes) {
    int[] counts = new int[codes];
    for (char id : ids) {
      counts[id]++;
    }
    double bits = 0;
    for (int count : counts) {
      if (count > 0) {
        bits += count * (Math.log((double) ids.length / count) / Math.log(2));
      }
    }
    return bits;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1.0",
    "7, 3, 2, 1.0",
    "1000, 8, 500, 4.0",
    "5000, 8, 10000, 3.0",
    "3000, 1, 60000, 6.0",
    "20000, 16, 10000, 9.0"
  })
  void shouldGiveEveryPositionBack(int positions, int slots, int codes, double skew) {
    char[] ids = ids(positions, positions * slots, codes, skew);
    var output = new Output(16);

    ForwardWriter.write(ids, positions, new int[] {slots}, new int[] {codes}, output);

    var cursor = new ForwardReader(bytes(output)).cursor();
    var random = new SplittableRandom(1);
    for (int i = 0; i < 2 * positions; i++) {
      int position = i < positions ? i : random.nextInt(positions);
      int at = cursor.seek(position);
      assertThat(Arrays.copyOfRange(cursor.ids(), at, at + slots))
          .isEqualTo(Arrays.copyOfRange(ids, position * slots, (position + 1) * slots));
    }
  }

  @Test
  void shouldKeepForwardIdsNearTheirEntropy() {
    int positions = 100_000;
    char[] ids = ids(3, positions * 8, 10_000, 5);
    var output = new Output(16);

    ForwardWriter.write(ids, positions, new int[] {8}, new int[] {10_000}, output);

    assertThat(8.0 * output.size() / entropyBits(ids, 10_000)).isBetween(1.0, 1.08);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1.0", "50, 2, 1.0", "3000, 40, 3.0", "200000, 1000, 4.0", "70000, 5, 8.0"})
  void shouldGiveEveryListBack(int positions, int codes, double skew) {
    var lists = Lists.of(ids(positions, positions, codes, skew), codes);

    var reader = lists.written(positions);

    for (int code = 0; code < codes; code++) {
      assertThat(reader.positions(code)).as("code %d", code).isEqualTo(lists.list(code));
    }
  }

  @Test
  void shouldKeepPostingsNearTheirEntropyAtAllDensities() {
    int positions = 200_000;
    var lists = Lists.of(ids(9, positions, 2_000, 6), 2_000);

    double ratio = 8.0 * lists.size(positions) / lists.entropyBits(positions);

    assertThat(ratio).isBetween(0.9, 1.1);
  }

  @Test
  void shouldTakeGapsApartAndTogetherAgain() {
    for (int gap = 1; gap < Gaps.MAX_POSITIONS; gap += 1 + gap / 50) {
      int symbol = Gaps.symbol(gap);
      int bits = Gaps.rawBits(symbol);
      assertThat(symbol).isLessThan(Gaps.SYMBOLS);
      assertThat(Gaps.gap(symbol, Gaps.raw(gap, bits))).isEqualTo(gap);
    }
  }

  @Test
  void shouldMakeSharesAddUp() {
    int[] counts = {1_000_000, 3, 0, 1, 70_000, 1, 1, 12};

    SymbolModel model = SymbolModel.of(counts, 12);

    assertThat(Arrays.stream(model.share).sum() + model.escapeShare).isEqualTo(1 << 12);
    assertThat(model.rare).contains(1, 3);
    assertThat((double) model.share[4] / model.share[0]).isCloseTo(0.07, within(0.01));
  }

  /// Posting lists of one site.
  private record Lists(int[] postings, int[] starts) {
    static Lists of(char[] ids, int codes) {
      int[] starts = new int[codes + 1];
      for (char id : ids) {
        starts[id + 1]++;
      }
      for (int code = 0; code < codes; code++) {
        starts[code + 1] += starts[code];
      }
      int[] next = starts.clone();
      int[] postings = new int[ids.length];
      for (int p = 0; p < ids.length; p++) {
        postings[next[ids[p]]++] = p;
      }
      return new Lists(postings, starts);
    }

    int[] list(int code) {
      return Arrays.copyOfRange(postings, starts[code], starts[code + 1]);
    }

    PostingReader written(int positions) {
      var builder = new PostingModels.Builder();
      builder.add(postings, starts, positions);
      var models = new Output(16);
      builder.build().write(models);
      var output = new Output(16);
      PostingWriter.write(postings, starts, positions, builder.build(), output);
      return new PostingReader(bytes(output), PostingModels.read(bytes(models)), starts);
    }

    int size(int positions) {
      var builder = new PostingModels.Builder();
      builder.add(postings, starts, positions);
      var output = new Output(16);
      builder.build().write(output);
      PostingWriter.write(postings, starts, positions, builder.build(), output);
      return output.size();
    }

    /// The logarithm of the number of sets of each size.
    double entropyBits(int positions) {
      double bits = 0;
      for (int code = 0; code + 1 < starts.length; code++) {
        double share = (double) (starts[code + 1] - starts[code]) / positions;
        if (share > 0 && share < 1) {
          bits -=
              positions
                  * (share * Math.log(share) + (1 - share) * Math.log(1 - share))
                  / Math.log(2);
        }
      }
      return bits;
    }
  }
}
