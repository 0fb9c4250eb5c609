package dev.steerage.index.corpus;

import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.codec.DecodedBudget;
import dev.steerage.index.codec.ForwardReader;
import dev.steerage.index.codec.Input;
import dev.steerage.index.codec.PostingModels;
import dev.steerage.index.codec.PostingReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A part of a corpus, mapped into memory. Every checksum was right when it was opened. Immutable
/// and thread-safe.
public final class Segment {
  private static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int GROUP_IDS = 256;
  private static final int DOCUMENT_BYTES = 16;

  private final Path file;
  private final Sections sections;
  private final long firstDocument;
  private final int documents;
  private final int positions;
  private final Cursor begin;
  private final Cursor end;
  private final MemorySegment documentTable;
  private final MemorySegment text;
  private final MemorySegment tokens;
  private final MemorySegment starts;
  private final Trigrams trigrams;
  private final List<SiteGroup> groups;
  private final List<ForwardReader> forward = new ArrayList<>();
  private final List<PostingReader> postings = new ArrayList<>();
  private final int[][] counts;
  private final int[][] firstHalfCounts;

  private Segment(Path file, Sections sections, List<SiteShape> sites, DecodedBudget budget) {
    this.file = file;
    this.sections = sections;
    var meta = new Input(sections.section(SegmentWriter.META, 0), 0);
    firstDocument = meta.i64();
    documents = meta.i32();
    positions = meta.i32();
    begin = new Cursor(meta.i32(), meta.i64());
    end = new Cursor(meta.i32(), meta.i64());
    int siteCount = meta.i32();
    if (siteCount != sites.size()) {
      throw new IllegalArgumentException("sites=" + siteCount + ", expected=" + sites.size());
    }
    documentTable = sections.section(SegmentWriter.DOCUMENTS, 0);
    text = sections.section(SegmentWriter.TEXT, 0);
    tokens = sections.section(SegmentWriter.TOKENS, 0);
    starts = sections.section(SegmentWriter.STARTS, 0);
    trigrams = new Trigrams(sections.section(SegmentWriter.TRIGRAMS, 0), documents);
    groups = SiteGroup.of(sites, GROUP_IDS);
    for (SiteGroup group : groups) {
      forward.add(
          new ForwardReader(sections.section(SegmentWriter.FORWARD, group.number()), budget));
    }
    var models = PostingModels.read(sections.section(SegmentWriter.POSTING_MODELS, 0));
    counts = new int[siteCount][];
    firstHalfCounts = new int[siteCount][];
    for (int site = 0; site < siteCount; site++) {
      int codes = sites.get(site).codes();
      int[] postingStarts = readCounts(site, codes);
      postings.add(
          new PostingReader(sections.section(SegmentWriter.POSTINGS, site), models, postingStarts));
    }
  }

  private int[] readCounts(int site, int codes) {
    var in = new Input(sections.section(SegmentWriter.COUNTS, site), 0);
    counts[site] = new int[codes];
    firstHalfCounts[site] = new int[codes];
    int[] postingStarts = new int[codes + 1];
    for (int code = 0; code < codes; code++) {
      counts[site][code] = in.varint();
      firstHalfCounts[site][code] = in.varint();
      postingStarts[code + 1] = postingStarts[code] + counts[site][code];
    }
    return postingStarts;
  }

  /// Opens a segment and verifies it.
  ///
  /// @throws DamagedSegment if it is not what was written
  public static Segment open(Path file, List<SiteShape> sites) {
    return open(file, sites, DecodedBudget.NONE);
  }

  /// As above, keeping decoded blocks.
  public static Segment open(Path file, List<SiteShape> sites, DecodedBudget budget) {
    try {
      return new Segment(file, Sections.open(file), sites, budget);
    } catch (IOException e) {
      throw new UncheckedIOException("segment=" + file, e);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new DamagedSegment(file, String.valueOf(e.getMessage()));
    }
  }

  public Path file() {
    return file;
  }

  public long bytes() {
    return sections.size();
  }

  /// Bytes of the forward ids, models and directories included.
  public long forwardBytes() {
    return sections.size(SegmentWriter.FORWARD);
  }

  /// Bytes of the posting lists with models, directories and counts.
  public long postingBytes() {
    return sections.size(SegmentWriter.POSTINGS)
        + sections.size(SegmentWriter.POSTING_MODELS)
        + sections.size(SegmentWriter.COUNTS);
  }

  /// Number of its first document in the corpus.
  public long firstDocument() {
    return firstDocument;
  }

  public int documents() {
    return documents;
  }

  public int positions() {
    return positions;
  }

  public Cursor begin() {
    return begin;
  }

  public Cursor end() {
    return end;
  }

  public Trigrams trigrams() {
    return trigrams;
  }

  /// First position of a document; that of [#documents] is the end.
  public int firstPosition(int document) {
    return documentTable.get(I32, (long) DOCUMENT_BYTES * document);
  }

  private int textStart(int document) {
    return documentTable.get(I32, (long) DOCUMENT_BYTES * document + 4);
  }

  /// Index of the text file of a document.
  public int source(int document) {
    return documentTable.get(I32, (long) DOCUMENT_BYTES * document + 8);
  }

  /// 0 or 1.
  public int half(int document) {
    return documentTable.get(I32, (long) DOCUMENT_BYTES * document + 12);
  }

  /// The document of a position.
  public int documentOf(int position) {
    int low = 0;
    int high = documents - 1;
    while (low < high) {
      int middle = low + high + 1 >>> 1;
      if (firstPosition(middle) <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /// The bytes of a document.
  public byte[] text(int document) {
    int from = textStart(document);
    return bytes(from, textStart(document + 1));
  }

  /// The bytes of all documents, one after the other.
  MemorySegment text() {
    return text;
  }

  /// The bytes of some tokens of one document.
  public byte[] text(int document, int fromPosition, int toPosition) {
    int end =
        toPosition < firstPosition(document + 1)
            ? starts.getAtIndex(I32, toPosition)
            : textStart(document + 1);
    int from =
        fromPosition < firstPosition(document + 1) ? starts.getAtIndex(I32, fromPosition) : end;
    return bytes(from, end);
  }

  private byte[] bytes(int from, int to) {
    byte[] copy = new byte[to - from];
    MemorySegment.copy(text, ValueLayout.JAVA_BYTE, from, copy, 0, copy.length);
    return copy;
  }

  public int token(int position) {
    return tokens.getAtIndex(I32, position);
  }

  /// The position whose token holds a byte of a document.
  public int positionAt(int document, int offset) {
    int wanted = textStart(document) + offset;
    int low = firstPosition(document);
    int high = firstPosition(document + 1) - 1;
    while (low < high) {
      int middle = low + high + 1 >>> 1;
      if (starts.getAtIndex(I32, middle) <= wanted) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /// Sites that are read together.
  public List<SiteGroup> groups() {
    return groups;
  }

  /// The codes of a group of sites.
  public ForwardReader forward(int group) {
    return forward.get(group);
  }

  /// Where the codes of a site fired.
  public PostingReader postings(int site) {
    return postings.get(site);
  }

  /// Firings of each code of a site. Nobody may change the array.
  public int[] counts(int site) {
    return counts[site];
  }

  /// Firings in documents of half 0. Nobody may change the array.
  public int[] firstHalfCounts(int site) {
    return firstHalfCounts[site];
  }
}
