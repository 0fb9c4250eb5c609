package dev.steerage.index.corpus;

import dev.steerage.index.codec.DecodedBudget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An open corpus. Immutable: a new segment makes a new one.
///
/// @param segments those whose checksums are right, in order
/// @param damaged what is wrong with the others, which are not served
/// @param neurons where their activity was recorded on documents of just these segments
public record Corpus(
    Path folder,
    CorpusInfo info,
    TokenTable tokens,
    List<Segment> segments,
    List<String> damaged,
    Optional<NeuronSample> neurons) {
  public Corpus {
    segments = List.copyOf(segments);
    damaged = List.copyOf(damaged);
  }

  /// Opens a corpus and verifies every segment; damaged ones are left out and named.
  ///
  /// @throws CorpusException if it is none
  public static Corpus open(Path folder) {
    return open(folder, DecodedBudget.NONE);
  }

  /// As above, keeping decoded blocks.
  public static Corpus open(Path folder, DecodedBudget budget) {
    CorpusInfo info = CorpusInfo.read(folder);
    List<Segment> segments = new ArrayList<>();
    List<String> damaged = new ArrayList<>();
    for (Path file : new CorpusFolder(folder).segmentFiles()) {
      try {
        segments.add(Segment.open(file, info.sites(), budget));
      } catch (DamagedSegment e) {
        damaged.add(e.getMessage());
      }
    }
    TokenTable tokens;
    try {
      tokens = TokenTable.read(folder);
    } catch (DamagedSegment e) {
      throw new CorpusException(e.getMessage() + "; 'steerage index build' writes it again", e);
    }
    Optional<NeuronSample> neurons = Optional.empty();
    try {
      neurons = damaged.isEmpty() ? NeuronSample.open(folder, segments) : neurons;
    } catch (DamagedSegment e) {
      damaged.add(e.getMessage());
    }
    return new Corpus(folder, info, tokens, segments, damaged, neurons);
  }

  public String name() {
    return info.name();
  }

  public long documents() {
    return segments.stream().mapToLong(Segment::documents).sum();
  }

  public long positions() {
    return segments.stream().mapToLong(Segment::positions).sum();
  }

  public long bytes() {
    return segments.stream().mapToLong(Segment::bytes).sum();
  }
}
