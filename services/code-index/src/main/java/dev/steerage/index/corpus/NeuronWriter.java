package dev.steerage.index.corpus;

import dev.steerage.index.codec.Output;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Writes a [NeuronSample].
public final class NeuronWriter implements AutoCloseable {
  private static final int HALVES = 2;

  private final Sections.Writer to;
  private final byte[] halves;
  private int tiles;

  /// Some neighbouring neurons, as they are written.
  ///
  /// @param activity level of each neuron at each position
  /// @param totals of each neuron and half, positions that reach each level
  public record Tile(Output activity, Output totals) {}

  /// @param segments the whole corpus
  /// @param documents of the sample, by their numbers in the corpus
  /// @param wanted tokens that were asked for
  public NeuronWriter(
      Path folder, List<Segment> segments, long[] documents, int wanted, List<NeuronGroup> groups)
      throws IOException {
    var table = new Output(8 * documents.length);
    Arrays.stream(documents).forEach(table::i64);
    halves = halves(segments, documents);
    var meta = new Output(32);
    meta.i64(segments.stream().mapToLong(Segment::documents).sum());
    meta.i64(segments.stream().mapToLong(Segment::positions).sum());
    meta.i32(wanted);
    meta.i32(halves.length);
    var names = new Output(256);
    NeuronGroup.write(groups, names);
    to = new Sections.Writer(folder.resolve(NeuronSample.FILE));
    to.section(NeuronSample.META, 0, meta);
    to.section(NeuronSample.GROUPS, 0, names);
    to.section(NeuronSample.DOCUMENTS, 0, table);
  }

  private static byte[] halves(List<Segment> segments, long[] documents) {
    var halves = new Output(1 << 16);
    for (long number : documents) {
      for (Segment segment : segments) {
        int document = (int) (number - segment.firstDocument());
        if (number >= segment.firstDocument() && document < segment.documents()) {
          int length = segment.firstPosition(document + 1) - segment.firstPosition(document);
          for (int i = 0; i < length; i++) {
            halves.u8(segment.half(document));
          }
        }
      }
    }
    return Arrays.copyOf(halves.array(), halves.size());
  }

  /// Neurons of a tile, but the last one.
  public static int tileNeurons() {
    return NeuronSample.TILE;
  }

  public int positions() {
    return halves.length;
  }

  /// Levels of some neurons. Thread-safe.
  ///
  /// @param activity `[neuron][position]`
  public Tile tile(float[][] activity) {
    int positions = halves.length;
    byte[] byRank = levels(positions);
    var levels = new Output(activity.length * positions);
    var totals = new Output(activity.length * HALVES * NeuronSample.LEVELS * 4);
    byte[] row = new byte[positions];
    long[] order = new long[positions];
    for (float[] neuron : activity) {
      for (int p = 0; p < positions; p++) {
        int bits = Float.floatToIntBits(neuron[p]);
        // Orders floats as numbers; the highest comes first.
        long key = bits ^ bits >> 31 & 0x7FFF_FFFF;
        order[p] = ~key << 32 | p;
      }
      Arrays.sort(order);
      int[][] counts = new int[HALVES][NeuronSample.LEVELS];
      byte level = 0;
      for (int rank = 0; rank < positions; rank++) {
        // Equal activities have one level, or a threshold would part them.
        level = rank > 0 && order[rank] >> 32 == order[rank - 1] >> 32 ? level : byRank[rank];
        int position = (int) order[rank];
        row[position] = level;
        counts[halves[position]][level & 0xFF]++;
      }
      levels.bytes(row, 0, positions);
      Arrays.stream(counts).forEach(half -> cumulative(half, totals));
    }
    return new Tile(levels, totals);
  }

  private static byte[] levels(int positions) {
    byte[] levels = new byte[positions];
    double most = NeuronSample.LEVELS - 1;
    for (int rank = 0; rank < positions; rank++) {
      levels[rank] = (byte) (most - Math.floor(most * Math.log1p(rank) / Math.log1p(positions)));
    }
    return levels;
  }

  private static void cumulative(int[] counts, Output to) {
    int[] reaching = new int[counts.length];
    int sum = 0;
    for (int level = counts.length - 1; level >= 0; level--) {
      sum += counts[level];
      reaching[level] = sum;
    }
    Arrays.stream(reaching).forEach(to::i32);
  }

  /// Adds the next neurons.
  public void add(Tile tile) throws IOException {
    to.section(NeuronSample.ACTIVITY, tiles, tile.activity());
    to.section(NeuronSample.TOTALS, tiles, tile.totals());
    tiles++;
  }

  /// Puts the file in its place.
  public void finish() throws IOException {
    to.finish();
  }

  @Override
  public void close() throws IOException {
    to.close();
  }
}
