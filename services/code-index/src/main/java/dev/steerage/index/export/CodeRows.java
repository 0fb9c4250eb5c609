package dev.steerage.index.export;

import dev.steerage.index.codec.ForwardReader;
import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.corpus.Segment;
import dev.steerage.index.corpus.SiteGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/// Goes through a corpus position by position.
public final class CodeRows {
  private static final int REPORT = 65_536;

  private CodeRows() {}

  /// Takes the positions of a corpus, in order.
  public interface Sink {
    /// @param document number in the corpus
    /// @param position in the document
    /// @param codes `[sites][slots]`, one after the other; valid during the call
    void row(Segment segment, long document, int position, int token, char[] codes)
        throws IOException;
  }

  /// Shows every position.
  ///
  /// @param progress told how many positions were shown
  public static void forEach(Corpus corpus, Sink sink, LongConsumer progress) throws IOException {
    char[] codes = new char[corpus.info().idsPerPosition()];
    long done = 0;
    for (Segment segment : corpus.segments()) {
      List<ForwardReader.Cursor> cursors = new ArrayList<>();
      for (SiteGroup group : segment.groups()) {
        cursors.add(segment.forward(group.number()).cursor());
      }
      for (int document = 0; document < segment.documents(); document++) {
        int first = segment.firstPosition(document);
        for (int p = first; p < segment.firstPosition(document + 1); p++) {
          for (SiteGroup group : segment.groups()) {
            ForwardReader.Cursor cursor = cursors.get(group.number());
            int at = cursor.seek(p); // Before ids(): it may change them.
            System.arraycopy(cursor.ids(), at, codes, group.firstId(), group.ids());
          }
          sink.row(segment, segment.firstDocument() + document, p - first, segment.token(p), codes);
          if (++done % REPORT == 0) {
            progress.accept(done);
          }
        }
      }
    }
    progress.accept(done);
  }
}
