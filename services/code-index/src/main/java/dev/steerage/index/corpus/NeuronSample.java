package dev.steerage.index.corpus;

import dev.steerage.index.codec.Input;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How active each neuron is on a sample of a corpus' documents, mapped into memory. Immutable and
/// thread-safe.
///
/// Of an activity its *level* is kept, 0 to 255: how far up it is among the neuron's own, by the
/// logarithm of the rank. A threshold is a level: near the top, where detectors have theirs, every
/// position has its own. Positions of the sample are counted over its documents.
public final class NeuronSample {
  /// Levels of activity; the last one is the most active.
  public static final int LEVELS = 256;

  static final String FILE = "neurons.bin";
  static final int META = 1;
  static final int GROUPS = 2;
  static final int DOCUMENTS = 3;
  static final int ACTIVITY = 4;
  static final int TOTALS = 5;

  /// Neurons whose activities lie together.
  static final int TILE = 64;

  private static final int HALVES = 2;
  private static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int wanted;
  private final int positions;
  private final List<NeuronGroup> groups;
  private final List<Part> parts;
  private final int neurons;
  private final List<MemorySegment> activity = new ArrayList<>();
  private final List<MemorySegment> totals = new ArrayList<>();

  /// A document of the sample.
  ///
  /// @param document number in its segment
  /// @param first position in the sample of its first token
  public record Part(Segment segment, int document, int first) {}

  private NeuronSample(Sections sections, List<Segment> segments) {
    var meta = new Input(sections.section(META, 0), 16);
    wanted = meta.i32();
    positions = meta.i32();
    groups = NeuronGroup.read(sections.section(GROUPS, 0));
    neurons = groups.stream().mapToInt(NeuronGroup::count).sum();
    parts = parts(sections.section(DOCUMENTS, 0), segments);
    for (int tile = 0; tile * TILE < neurons; tile++) {
      int inTile = Math.min(TILE, neurons - tile * TILE);
      activity.add(sized(sections.section(ACTIVITY, tile), (long) inTile * positions));
      totals.add(sized(sections.section(TOTALS, tile), inTile * HALVES * LEVELS * 4L));
    }
  }

  private static MemorySegment sized(MemorySegment section, long bytes) {
    if (section.byteSize() != bytes) {
      throw new IllegalArgumentException("bytes=" + section.byteSize() + ", expected=" + bytes);
    }
    return section;
  }

  private static List<Part> parts(MemorySegment table, List<Segment> segments) {
    List<Part> parts = new ArrayList<>();
    int first = 0;
    for (long at = 0; at < table.byteSize(); at += 8) {
      long number = new Input(table, at).i64();
      Segment segment =
          segments.stream()
              .filter(each -> number - each.firstDocument() < each.documents())
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("document=" + number));
      int document = Math.toIntExact(number - segment.firstDocument());
      parts.add(new Part(segment, document, first));
      first += segment.firstPosition(document + 1) - segment.firstPosition(document);
    }
    return parts;
  }

  /// Opens the sample of a corpus and verifies it.
  ///
  /// @return none where there is none, or where segments came or went since it was recorded
  /// @throws DamagedSegment if it is not what was written
  public static Optional<NeuronSample> open(Path folder, List<Segment> segments) {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      Sections sections = Sections.open(file);
      var meta = new Input(sections.section(META, 0), 0);
      boolean isOfThese =
          meta.i64() == segments.stream().mapToLong(Segment::documents).sum()
              && meta.i64() == segments.stream().mapToLong(Segment::positions).sum();
      return isOfThese ? Optional.of(new NeuronSample(sections, segments)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("neurons=" + file, e);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new DamagedSegment(file, String.valueOf(e.getMessage()));
    }
  }

  /// Tokens that were asked for when it was recorded.
  public int wanted() {
    return wanted;
  }

  /// Tokens of its documents.
  public int positions() {
    return positions;
  }

  /// Its documents, in the order of their positions.
  public List<Part> parts() {
    return List.copyOf(parts);
  }

  public int neurons() {
    return neurons;
  }

  /// The name of a neuron, e.g. `L3.mlp_mid[17]`.
  public String name(int neuron) {
    int from = 0;
    for (NeuronGroup group : groups) {
      if (neuron < from + group.count()) {
        return group.name() + "[" + (neuron - from) + "]";
      }
      from += group.count();
    }
    throw new IndexOutOfBoundsException("neuron=" + neuron + ", neurons=" + neurons);
  }

  /// The level of a neuron's activity at a position of the sample.
  public int level(int neuron, int position) {
    long at = (long) (neuron % TILE) * positions + position;
    return activity.get(neuron / TILE).get(ValueLayout.JAVA_BYTE, at) & 0xFF;
  }

  /// Positions of a half of the documents at which a neuron's level is at least so high.
  public int reaching(int neuron, int half, int level) {
    int row = neuron % TILE * HALVES + half;
    return totals.get(neuron / TILE).getAtIndex(I32, (long) row * LEVELS + level);
  }
}
