package dev.steerage.index.corpus;

import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.codec.ForwardWriter;
import dev.steerage.index.codec.Output;
import dev.steerage.index.codec.PostingModels;
import dev.steerage.index.codec.PostingWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Collects documents with their codes, then writes them as one segment.
public final class SegmentWriter {
  static final int META = 1;
  static final int DOCUMENTS = 2;
  static final int TEXT = 3;
  static final int TOKENS = 4;
  static final int STARTS = 5;
  static final int COUNTS = 6;
  static final int POSTING_MODELS = 7;
  static final int TRIGRAMS = 8;
  static final int FORWARD = 9;
  static final int POSTINGS = 10;

  /// Sites that are coded together have at most this many ids per position.
  private static final int GROUP_IDS = 256;

  private final List<SiteShape> sites;
  private final int idsPerPosition;
  private final Cursor begin;
  private final long firstDocument;
  private final Output documents = new Output(1 << 12);
  private final Output text = new Output(1 << 16);
  private final Output tokens = new Output(1 << 16);
  private final Output starts = new Output(1 << 16);
  private final Trigrams.Builder trigrams = new Trigrams.Builder();
  private byte[] halves = new byte[1 << 12];
  private char[] ids;
  private int documentCount;
  private int positions;
  private Cursor end;

  /// @param begin where its first document begins
  /// @param firstDocument number of that document in the corpus
  public SegmentWriter(CorpusInfo info, Cursor begin, long firstDocument) {
    this.sites = info.sites();
    this.idsPerPosition = info.idsPerPosition();
    this.begin = begin;
    this.end = begin;
    this.firstDocument = firstDocument;
    ids = new char[idsPerPosition * 1024];
  }

  /// Adds a document.
  ///
  /// @param codes `[tokens][sites][slots]`
  public void add(Piece piece, char[] codes) {
    int count = piece.tokens().length;
    if (codes.length != count * idsPerPosition) {
      throw new IllegalArgumentException(
          "codes=" + codes.length + ", expected=" + count * idsPerPosition);
    }
    documents.i32(positions);
    documents.i32(text.size());
    documents.i32(piece.source());
    documents.i32(piece.half());
    trigrams.add(documentCount, piece.text());
    int textStart = text.size();
    for (int i = 0; i < count; i++) {
      tokens.i32(piece.tokens()[i]);
      starts.i32(textStart + piece.starts()[i]);
    }
    text.bytes(piece.text(), 0, piece.text().length);
    if (ids.length < (positions + count) * idsPerPosition) {
      ids = Arrays.copyOf(ids, Math.max((positions + count) * idsPerPosition, ids.length * 3 / 2));
    }
    if (halves.length < positions + count) {
      halves = Arrays.copyOf(halves, Math.max(positions + count, halves.length * 2));
    }
    Arrays.fill(halves, positions, positions + count, (byte) piece.half());
    System.arraycopy(codes, 0, ids, positions * idsPerPosition, codes.length);
    positions += count;
    documentCount++;
    end = piece.end();
  }

  public int positions() {
    return positions;
  }

  public int documents() {
    return documentCount;
  }

  public Cursor end() {
    return end;
  }

  /// Writes everything that was added.
  public void write(Path file) throws IOException {
    try (var to = new Sections.Writer(file)) {
      to.section(META, 0, meta());
      documents.i32(positions);
      documents.i32(text.size());
      to.section(DOCUMENTS, 0, documents);
      to.section(TEXT, 0, text);
      to.section(TOKENS, 0, tokens);
      to.section(STARTS, 0, starts);
      var index = new Output(1 << 16);
      trigrams.write(index);
      to.section(TRIGRAMS, 0, index);
      forward(to);
      postings(to);
      to.finish();
    }
  }

  private Output meta() {
    var meta = new Output(64);
    meta.i64(firstDocument);
    meta.i32(documentCount);
    meta.i32(positions);
    meta.i32(begin.source());
    meta.i64(begin.offset());
    meta.i32(end.source());
    meta.i64(end.offset());
    meta.i32(sites.size());
    return meta;
  }

  private void forward(Sections.Writer to) throws IOException {
    for (SiteGroup group : SiteGroup.of(sites, GROUP_IDS)) {
      char[] part = new char[positions * group.ids()];
      for (int p = 0; p < positions; p++) {
        System.arraycopy(
            ids, p * idsPerPosition + group.firstId(), part, p * group.ids(), group.ids());
      }
      var output = new Output(part.length);
      ForwardWriter.write(part, positions, group.slots(), group.codes(), output);
      to.section(FORWARD, group.number(), output);
    }
  }

  private void postings(Sections.Writer to) throws IOException {
    var models = new PostingModels.Builder();
    int place = 0;
    for (SiteShape site : sites) {
      int[] starts = starts(place, site, 2);
      models.add(lists(place, site, starts), starts, positions);
      place += site.activeCodes();
    }
    PostingModels built = models.build();
    var text = new Output(1 << 12);
    built.write(text);
    to.section(POSTING_MODELS, 0, text);
    place = 0;
    for (int i = 0; i < sites.size(); i++) {
      SiteShape site = sites.get(i);
      int[] starts = starts(place, site, 2);
      int[] first = starts(place, site, 0);
      var counts = new Output(4 * site.codes());
      for (int code = 0; code < site.codes(); code++) {
        counts.varint(starts[code + 1] - starts[code]);
        counts.varint(first[code + 1] - first[code]);
      }
      to.section(COUNTS, i, counts);
      var output = new Output(positions * site.activeCodes());
      PostingWriter.write(lists(place, site, starts), starts, positions, built, output);
      to.section(POSTINGS, i, output);
      place += site.activeCodes();
    }
  }

  /// Where each code's list begins; counts one half only if it is 0 or 1.
  private int[] starts(int place, SiteShape site, int half) {
    int[] starts = new int[site.codes() + 1];
    for (int p = 0; p < positions; p++) {
      if (half > 1 || halves[p] == half) {
        int from = p * idsPerPosition + place;
        for (int slot = 0; slot < site.activeCodes(); slot++) {
          starts[ids[from + slot] + 1]++;
        }
      }
    }
    for (int code = 0; code < site.codes(); code++) {
      starts[code + 1] += starts[code];
    }
    return starts;
  }

  private int[] lists(int place, SiteShape site, int[] starts) {
    int[] next = Arrays.copyOf(starts, site.codes());
    int[] postings = new int[positions * site.activeCodes()];
    for (int p = 0; p < positions; p++) {
      int from = p * idsPerPosition + place;
      for (int slot = 0; slot < site.activeCodes(); slot++) {
        postings[next[ids[from + slot]]++] = p;
      }
    }
    return postings;
  }
}
