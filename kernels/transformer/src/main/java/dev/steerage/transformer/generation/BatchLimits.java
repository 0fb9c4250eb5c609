package dev.steerage.transformer.generation;

/// Limits of one batch; together they fix its memory.
///
/// @param sequences most requests at a time
/// @param rowsPerStep most positions in one forward
/// @param kvPositions positions of keys and values in all, over all sequences: the hard memory
///   bound; a request reserves its worst case when it is taken
/// @param prefillChunk most prompt positions of one sequence in one forward
/// @param cachedPositions most positions kept for requests with the same beginning, within
///   `kvPositions`, while nobody uses them; 0 = none
public record BatchLimits(
    int sequences, int rowsPerStep, int kvPositions, int prefillChunk, int cachedPositions) {
  public BatchLimits {
    require("sequences", sequences);
    require("rowsPerStep", rowsPerStep);
    require("kvPositions", kvPositions);
    require("prefillChunk", prefillChunk);
    if (cachedPositions < 0) {
      throw new IllegalArgumentException(
          "batch limits: cachedPositions=" + cachedPositions + ", limit=0..");
    }
  }

  /// Without a prefix cache.
  public BatchLimits(int sequences, int rowsPerStep, int kvPositions, int prefillChunk) {
    this(sequences, rowsPerStep, kvPositions, prefillChunk, 0);
  }

  private static void require(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("batch limits: " + what + "=" + value + ", limit=1..");
    }
  }
}
