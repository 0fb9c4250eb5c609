package dev.steerage.local.corpus;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.about.AboutReader;
import dev.steerage.index.search.OpenCorpus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Puts every code of a corpus into one kind.
record CodeKinds(OpenCorpus open, Set<Code> ofConcepts, Set<Code> ofTopics) {
  /// Of codes that fire.
  enum Kind {
    /// Tells one of the concepts that were defined from text.
    CONCEPT,
    /// Fires all through some documents.
    TOPIC,
    TOKEN,
    NGRAM,
    POSITIONAL,
    UNEXPLAINED
  }

  /// Counts by layer and component: dead codes, then those of each kind.
  ///
  /// @param most sites to look at
  /// @param progress told which site is next
  Map<String, long[]> byPlace(int most, Consumer<SiteShape> progress) {
    AboutReader about = new AboutReader(open);
    Map<String, long[]> places = new LinkedHashMap<>();
    List<SiteShape> sites = open.corpus().info().sites();
    for (int site = 0; site < Math.min(most, sites.size()); site++) {
      SiteShape shape = sites.get(site);
      progress.accept(shape);
      String place = "L" + shape.site().layer() + "." + shape.site().component().label();
      long[] counts = places.computeIfAbsent(place, _ -> new long[1 + Kind.values().length]);
      int index = site;
      int[] found =
          IntStream.range(0, shape.codes())
              .parallel()
              .map(code -> slot(about, index, shape, code))
              .toArray();
      for (int slot : found) {
        counts[slot]++;
      }
    }
    return places;
  }

  private int slot(AboutReader about, int site, SiteShape shape, int code) {
    if (open.firings(site, code) == 0) {
      return 0;
    }
    return 1 + kind(about, site, new Code(shape.site(), code)).ordinal();
  }

  private Kind kind(AboutReader about, int site, Code code) {
    if (ofConcepts.contains(code)) {
      return Kind.CONCEPT;
    }
    if (ofTopics.contains(code)) {
      return Kind.TOPIC;
    }
    return switch (about.type(site, code.id())) {
      case TOKEN -> Kind.TOKEN;
      case NGRAM -> Kind.NGRAM;
      case POSITIONAL -> Kind.POSITIONAL;
      case OTHER, DEAD -> Kind.UNEXPLAINED;
    };
  }
}
