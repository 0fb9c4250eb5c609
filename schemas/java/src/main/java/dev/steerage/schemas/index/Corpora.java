package dev.steerage.schemas.index;

import java.util.List;

/// The corpora that an index has open.
public record Corpora(List<Corpus> corpora) {
  public Corpora {
    corpora = List.copyOf(corpora);
  }

  /// One corpus.
  ///
  /// @param documents documents served
  /// @param positions their tokens
  /// @param bytes on disk
  /// @param segments segments served
  /// @param damaged segments refused because a checksum is wrong
  public record Corpus(
      String name,
      String model,
      String modelHash,
      long documents,
      long positions,
      long bytes,
      int segments,
      int damaged) {}
}
