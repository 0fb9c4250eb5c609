package dev.steerage.schemas.index;

import dev.steerage.domain.codebook.Site;
import java.util.List;

/// A question to a corpus: which codes fire where this matches?
///
/// @param corpus name of the corpus; empty: the model's first by name
/// @param sites to look at; none: all
/// @param heldOut choose codes on one half of the documents and score them on the other
/// @param perSite most codes of one site
/// @param most most codes in all
/// @param examples matches to show with their text
public record CodeSearch(
    String model,
    String corpus,
    Kind kind,
    String query,
    List<Site> sites,
    Rank rankBy,
    Floors floors,
    boolean heldOut,
    int perSite,
    int most,
    int examples) {
  /// Longest query, in UTF-8 bytes.
  public static final int MAX_QUERY_BYTES = 2048;

  /// Most sites of one request.
  public static final int MAX_SITES = 200;

  private static final int PER_SITE = 8;
  private static final int MOST = 50;
  private static final int EXAMPLES = 10;

  public CodeSearch {
    sites = List.copyOf(sites);
    check("sites", sites.size(), 0, MAX_SITES);
    check("perSite", perSite, 1, 1_000);
    check("most", most, 1, 1_000);
    check("examples", examples, 0, 100);
  }

  private static void check(String name, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(name + "=" + value + ", limit=" + low + ".." + high);
    }
  }

  /// How to read a query.
  public enum Kind {
    /// RE2 pattern; the start of group 1, or of the match, marks the token.
    REGEX,
    /// Text as it stands; its first character marks the token.
    LITERAL,
    /// Token ids in decimal, separated by spaces; the first one is marked.
    TOKENS,
    /// Name of a concept or label: where any of its codes fires.
    CONCEPT
  }

  /// By what codes are chosen and ordered.
  public enum Rank {
    PRECISION,
    RECALL,
    F1
  }

  /// What a code must reach on the half that chooses.
  ///
  /// @param precision share of the code's firings that are matches, 0 to 1
  /// @param recall share of the matches on which the code fires, 0 to 1
  /// @param support matches on which it fires
  public record Floors(double precision, double recall, int support) {
    public Floors {
      if (!(precision >= 0 && precision <= 1 && recall >= 0 && recall <= 1) || support < 0) {
        throw new IllegalArgumentException(
            "floors: precision=%s, recall=%s, support=%s, limit=0..1, 0..1, >= 0"
                .formatted(precision, recall, support));
      }
    }
  }

  /// A search of the model's first corpus: held out, by precision, codes that fire on at least a
  /// tenth of the matches and mostly there.
  public static CodeSearch of(String model, Kind kind, String query) {
    return new CodeSearch(
        model,
        "",
        kind,
        query,
        List.of(),
        Rank.PRECISION,
        new Floors(0.5, 0.1, 2),
        true,
        PER_SITE,
        MOST,
        EXAMPLES);
  }

  /// The same in another corpus.
  public CodeSearch in(String other) {
    return new CodeSearch(
        model, other, kind, query, sites, rankBy, floors, heldOut, perSite, most, examples);
  }

  /// The same at some sites only.
  public CodeSearch at(List<Site> only) {
    return new CodeSearch(
        model, corpus, kind, query, only, rankBy, floors, heldOut, perSite, most, examples);
  }

  /// The same with another order and floors.
  public CodeSearch ranked(Rank by, Floors newFloors) {
    return new CodeSearch(
        model, corpus, kind, query, sites, by, newFloors, heldOut, perSite, most, examples);
  }

  /// The same with or without a held-out half.
  public CodeSearch heldOut(boolean isHeldOut) {
    return new CodeSearch(
        model, corpus, kind, query, sites, rankBy, floors, isHeldOut, perSite, most, examples);
  }

  /// The same with other limits on the answer.
  public CodeSearch limited(int newPerSite, int newMost, int newExamples) {
    return new CodeSearch(
        model,
        corpus,
        kind,
        query,
        sites,
        rankBy,
        floors,
        heldOut,
        newPerSite,
        newMost,
        newExamples);
  }
}
