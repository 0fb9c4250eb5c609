package dev.steerage.index.search;

import dev.steerage.index.corpus.Segment;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Marks where any of some codes fires.
final class FiringScan implements Scan {
  private final List<SiteCode> codes;
  private final Map<Segment, BitSet> firings;

  /// A code.
  ///
  /// @param site index of its site
  record SiteCode(int site, int code) {}

  FiringScan(List<SiteCode> codes) {
    this(codes, new ConcurrentHashMap<>());
  }

  private FiringScan(List<SiteCode> codes, Map<Segment, BitSet> firings) {
    this.codes = List.copyOf(codes);
    this.firings = firings;
  }

  @Override
  public Optional<BitSet> documents(Segment segment) {
    BitSet documents = new BitSet();
    BitSet found = firings(segment);
    for (int p = found.nextSetBit(0); p >= 0; ) {
      int document = segment.documentOf(p);
      documents.set(document);
      p = found.nextSetBit(segment.firstPosition(document + 1));
    }
    return Optional.of(documents);
  }

  private BitSet firings(Segment segment) {
    return firings.computeIfAbsent(
        segment,
        each -> {
          BitSet found = new BitSet();
          for (SiteCode code : codes) {
            each.postings(code.site()).forEach(code.code(), found::set);
          }
          return found;
        });
  }

  @Override
  public void scan(Segment segment, int document, Sink sink) {
    BitSet found = firings(segment);
    int end = segment.firstPosition(document + 1);
    int p = found.nextSetBit(segment.firstPosition(document));
    while (p >= 0 && p < end) {
      sink.marked(p);
      p = found.nextSetBit(p + 1);
    }
  }

  @Override
  public Scan copy() {
    return this;
  }
}
