package dev.steerage.index.build;

import dev.steerage.index.corpus.CorpusInfo;
import dev.steerage.index.corpus.Cursor;
import dev.steerage.index.corpus.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The documents of a corpus' texts, one after the other, cut into pieces.
final class Pieces {
  private final CorpusInfo info;
  private final Cutter cutter;
  private final Optional<Cursor> until;
  private int source;
  private long offset;
  private TextSource open;

  Pieces(CorpusInfo info, Cutter cutter, Cursor begin, Optional<Cursor> until) {
    this.info = info;
    this.cutter = cutter;
    this.until = until;
    source = begin.source();
    offset = begin.offset();
  }

  /// Whole documents of about so many tokens; none: the end is reached.
  List<Piece> next(int tokens) {
    List<Piece> pieces = new ArrayList<>();
    int count = 0;
    while (count < tokens && !isAtEnd()) {
      if (open == null) {
        open = TextSource.open(info.sources().get(source), info.separator());
      }
      Optional<TextSource.Document> document = open.next(offset);
      if (document.isEmpty()) {
        source++;
        offset = 0;
        open = null;
        continue;
      }
      offset = document.get().end();
      List<Piece> cut = cutter.pieces(document.get(), source);
      pieces.addAll(cut);
      count += Piece.tokens(cut);
    }
    return pieces;
  }

  private boolean isAtEnd() {
    return source >= info.sources().size()
        || until.isPresent() && new Cursor(source, offset).compareTo(until.get()) >= 0;
  }
}
