package dev.steerage.index.corpus;

import java.util.List;

/// A document, or a part of one that is longer than the model's context.
///
/// @param text its bytes: those of its tokens, one after the other
/// @param tokens without the one that begins every text
/// @param starts byte in `text` where each token begins
/// @param half 0 or 1, the same for all parts of a document and for equal documents
/// @param end where the document ends in its source
public record Piece(byte[] text, int[] tokens, int[] starts, int half, int source, Cursor end) {
  /// All tokens of some pieces.
  public static int tokens(List<Piece> pieces) {
    return pieces.stream().mapToInt(piece -> piece.tokens().length).sum();
  }
}
