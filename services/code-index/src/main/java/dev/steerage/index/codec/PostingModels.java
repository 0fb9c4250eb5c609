package dev.steerage.index.codec;

import java.lang.foreign.MemorySegment;

/// How gaps are spread, by class of density; shared by all sites of a segment.
public final class PostingModels {
  private final SymbolModel[] models = new SymbolModel[Gaps.CLASSES];

  private PostingModels() {}

  SymbolModel of(int count, int positions) {
    return models[Gaps.classOf(count, positions)];
  }

  /// Collects gaps before anything is written.
  public static final class Builder {
    private final int[][] counts = new int[Gaps.CLASSES][Gaps.SYMBOLS];

    /// Adds the lists of a site.
    ///
    /// @param starts index of each code's first posting, and of the end
    public void add(int[] postings, int[] starts, int positions) {
      for (int code = 0; code + 1 < starts.length; code++) {
        int size = starts[code + 1] - starts[code];
        if (size > 0) {
          int[] into = counts[Gaps.classOf(size, positions)];
          int before = -1;
          for (int i = starts[code]; i < starts[code + 1]; i++) {
            into[Gaps.symbol(postings[i] - before)]++;
            before = postings[i];
          }
        }
      }
    }

    public PostingModels build() {
      var built = new PostingModels();
      for (int i = 0; i < Gaps.CLASSES; i++) {
        built.models[i] = SymbolModel.of(counts[i], Gaps.MODEL_BITS);
      }
      return built;
    }
  }

  public void write(Output to) {
    for (SymbolModel model : models) {
      ModelText.write(model, to);
    }
  }

  public static PostingModels read(MemorySegment from) {
    var in = new Input(from, 0);
    var read = new PostingModels();
    for (int i = 0; i < Gaps.CLASSES; i++) {
      read.models[i] = ModelText.read(in, Gaps.MODEL_BITS);
    }
    return read;
  }
}
