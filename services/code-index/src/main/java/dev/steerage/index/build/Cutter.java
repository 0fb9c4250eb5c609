package dev.steerage.index.build;

import dev.steerage.index.corpus.Cursor;
import dev.steerage.index.corpus.Piece;
import dev.steerage.transformer.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Cuts documents into pieces that fit the model's context.
final class Cutter {
  private final Tokenizer tokenizer;
  private final int context;

  Cutter(Tokenizer tokenizer, int context) {
    this.tokenizer = tokenizer;
    this.context = context;
  }

  /// @param source index of the text file
  List<Piece> pieces(TextSource.Document document, int source) {
    int[] tokens = tokenizer.encode(document.text());
    // Equal documents fall into the same half, or what is learned on one were known on the other.
    int half = spread(document.text().hashCode()) & 1;
    var end = new Cursor(source, document.end());
    List<Piece> pieces = new ArrayList<>();
    for (int from = 0; from < tokens.length; from += context) {
      int[] part = Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + context));
      var text = new ByteArrayOutputStream();
      int[] starts = new int[part.length];
      for (int i = 0; i < part.length; i++) {
        starts[i] = text.size();
        text.writeBytes(tokenizer.bytes(part[i]));
      }
      pieces.add(new Piece(text.toByteArray(), part, starts, half, source, end));
    }
    return pieces;
  }

  private static int spread(int hash) {
    int mixed = hash * 0x9E3779B1;
    return mixed >>> 15 ^ mixed >>> 3;
  }
}
