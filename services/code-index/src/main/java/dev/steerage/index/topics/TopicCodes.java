package dev.steerage.index.topics;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.codec.ForwardReader;
import dev.steerage.index.corpus.Segment;
import dev.steerage.index.corpus.SiteGroup;
import dev.steerage.index.search.OpenCorpus;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;

/// Counts each code's firings document by document, and keeps the documents all through which it
/// fires.
final class TopicCodes {
  private final OpenCorpus open;
  private final TopicSettings settings;
  private final int[] firstOfSite;
  private final BitSet[] documentsOf;
  private final int[] counts;
  private final int[] touched;
  private int touchedCount;
  private int considered;

  /// A code and its documents, by their number in the corpus.
  record TopicCode(Code code, BitSet documents) {}

  private TopicCodes(OpenCorpus open, TopicSettings settings) {
    this.open = open;
    this.settings = settings;
    List<SiteShape> sites = open.corpus().info().sites();
    firstOfSite = new int[sites.size() + 1];
    for (int site = 0; site < sites.size(); site++) {
      firstOfSite[site + 1] = firstOfSite[site] + sites.get(site).codes();
    }
    documentsOf = new BitSet[firstOfSite[sites.size()]];
    counts = new int[documentsOf.length];
    touched = new int[documentsOf.length];
  }

  /// The codes of topics, those of most documents first.
  static List<TopicCode> of(OpenCorpus open, TopicSettings settings, LongConsumer progress) {
    var finder = new TopicCodes(open, settings);
    for (Segment segment : open.corpus().segments()) {
      for (SiteGroup group : segment.groups()) {
        finder.read(segment, group);
      }
      finder.considered += finder.longDocuments(segment);
      progress.accept(segment.firstDocument() + segment.documents());
    }
    return finder.found();
  }

  private int longDocuments(Segment segment) {
    int count = 0;
    for (int document = 0; document < segment.documents(); document++) {
      count += length(segment, document) >= settings.leastTokens() ? 1 : 0;
    }
    return count;
  }

  private static int length(Segment segment, int document) {
    return segment.firstPosition(document + 1) - segment.firstPosition(document);
  }

  private void read(Segment segment, SiteGroup group) {
    ForwardReader.Cursor cursor = segment.forward(group.number()).cursor();
    for (int document = 0; document < segment.documents(); document++) {
      int length = length(segment, document);
      if (length < settings.leastTokens()) {
        continue;
      }
      int end = segment.firstPosition(document + 1);
      for (int position = segment.firstPosition(document); position < end; position++) {
        count(group, cursor, position);
      }
      keep((int) (segment.firstDocument() + document), length);
    }
  }

  private void count(SiteGroup group, ForwardReader.Cursor cursor, int position) {
    int at = cursor.seek(position);
    for (int site = 0; site < group.slots().length; site++) {
      int first = firstOfSite[group.firstSite() + site];
      for (int slot = 0; slot < group.slots()[site]; slot++) {
        int code = first + cursor.ids()[at++];
        if (counts[code]++ == 0) {
          touched[touchedCount++] = code;
        }
      }
    }
  }

  private void keep(int document, int length) {
    for (int i = 0; i < touchedCount; i++) {
      int code = touched[i];
      double share = (double) counts[code] / length;
      counts[code] = 0;
      if (share >= settings.share() && share >= settings.lift() * rate(code)) {
        if (documentsOf[code] == null) {
          documentsOf[code] = new BitSet();
        }
        documentsOf[code].set(document);
      }
    }
    touchedCount = 0;
  }

  private double rate(int code) {
    int site = siteOf(code);
    return (double) open.firings(site, code - firstOfSite[site]) / open.corpus().positions();
  }

  private int siteOf(int code) {
    int site = 0;
    while (firstOfSite[site + 1] <= code) {
      site++;
    }
    return site;
  }

  private List<TopicCode> found() {
    List<TopicCode> found = new ArrayList<>();
    for (int code = 0; code < documentsOf.length; code++) {
      BitSet documents = documentsOf[code];
      int count = documents == null ? 0 : documents.cardinality();
      if (count >= settings.leastDocuments() && count <= settings.mostDocuments() * considered) {
        int site = siteOf(code);
        found.add(
            new TopicCode(
                new Code(open.corpus().info().sites().get(site).site(), code - firstOfSite[site]),
                documents));
      }
    }
    found.sort(
        Comparator.comparingInt((TopicCode each) -> each.documents().cardinality())
            .reversed()
            .thenComparing(TopicCode::code));
    return found;
  }
}
