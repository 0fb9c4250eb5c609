package dev.steerage.index.search;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.schemas.index.CodeSearch;
import dev.steerage.schemas.index.FoundCodes;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/// Answers searches. Thread-safe; each search uses the threads of one pool.
public final class Searcher implements AutoCloseable {
  private static final String SYNTAX = "\\.^$|?*+()[]{}";

  private final SearchLimits limits;
  private final ExecutorService pool;

  public Searcher(SearchLimits limits) {
    this.limits = limits;
    pool =
        Executors.newFixedThreadPool(
            limits.threads(), Thread.ofPlatform().daemon().name("index-search-", 0).factory());
  }

  /// Searches a corpus.
  ///
  /// @param concept codes of the concept that the query names; of other queries none
  /// @param label of a code; empty: none
  /// @throws LookupException if the query cannot be searched or costs more than the limits
  public FoundCodes search(
      OpenCorpus open, CodeSearch search, List<Code> concept, Function<Code, String> label) {
    long startNs = System.nanoTime();
    List<SiteShape> sites = open.corpus().info().sites();
    boolean[] isWanted = wanted(sites, search.sites());
    Scan scan = scan(sites, search, concept);
    var run = new Run(open.corpus().segments(), scan, startNs + limits.time().toNanos(), limits);
    List<Tally> tallies = new ArrayList<>();
    List<Future<?>> parts = new ArrayList<>();
    for (int i = 0; i < limits.threads(); i++) {
      var tally = new Tally(sites, isWanted);
      tallies.add(tally);
      parts.add(pool.submit(() -> run.work(tally)));
    }
    parts.forEach(Searcher::await);
    Tally sum = tallies.getFirst();
    tallies.subList(1, tallies.size()).forEach(sum::add);
    var ranking = new Ranking(open, search, sum, isWanted);
    Optional<NeuronBaseline> neurons =
        open.corpus()
            .neurons()
            .map(sample -> NeuronBaseline.of(sample, scan.copy(), search.heldOut()));
    List<FoundCodes.Found> best = ranking.best(neurons, label);
    return new FoundCodes(
        search.model(),
        open.corpus().name(),
        open.corpus().documents(),
        open.corpus().positions(),
        true,
        search.heldOut(),
        Duration.ofNanos(System.nanoTime() - startNs),
        best,
        Examples.of(open.corpus(), run.marked(), search.examples()),
        ranking.chosenMatches(),
        ranking.scoredMatches(),
        neurons.map(NeuronBaseline::sample).orElse(FoundCodes.Sample.NONE));
  }

  private static boolean[] wanted(List<SiteShape> sites, List<Site> only) {
    boolean[] isWanted = new boolean[sites.size()];
    Arrays.fill(isWanted, only.isEmpty());
    for (Site each : only) {
      isWanted[index(sites, each)] = true;
    }
    return isWanted;
  }

  private static int index(List<SiteShape> sites, Site wanted) {
    for (int i = 0; i < sites.size(); i++) {
      if (sites.get(i).site().equals(wanted)) {
        return i;
      }
    }
    throw new LookupException(
        Reason.UNKNOWN_SITE,
        "site="
            + wanted
            + ", the corpus has "
            + sites.getFirst().site()
            + " to "
            + sites.getLast().site());
  }

  private Scan scan(List<SiteShape> sites, CodeSearch search, List<Code> concept) {
    String query = search.query();
    int bytes = query.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > limits.patternBytes()) {
      throw new LookupException(
          Reason.BAD_QUERY, "query: bytes=" + bytes + ", limit=1.." + limits.patternBytes());
    }
    return switch (search.kind()) {
      case REGEX ->
          plainText(query).<Scan>map(LiteralScan::new).orElseGet(() -> RegexScan.of(query));
      case LITERAL -> new LiteralScan(query);
      case TOKENS -> new TokenScan(tokens(query));
      case CONCEPT -> new FiringScan(concept.stream().map(code -> siteCode(sites, code)).toList());
    };
  }

  /// The text of a pattern that has no syntax but perhaps one group around everything: finding it
  /// is much faster than running a pattern.
  private static Optional<String> plainText(String pattern) {
    boolean isGroup = pattern.startsWith("(") && pattern.endsWith(")") && pattern.length() > 2;
    String inside = isGroup ? pattern.substring(1, pattern.length() - 1) : pattern;
    return inside.chars().noneMatch(c -> SYNTAX.indexOf(c) >= 0)
        ? Optional.of(inside)
        : Optional.empty();
  }

  private static FiringScan.SiteCode siteCode(List<SiteShape> sites, Code code) {
    int site = index(sites, code.site());
    if (code.id() >= sites.get(site).codes()) {
      throw new LookupException(
          Reason.UNKNOWN_CODE, "code=" + code + ", codes=" + sites.get(site).codes());
    }
    return new FiringScan.SiteCode(site, code.id());
  }

  private static int[] tokens(String query) {
    try {
      return Arrays.stream(query.strip().split("\\s+")).mapToInt(Integer::parseInt).toArray();
    } catch (NumberFormatException e) {
      throw new LookupException(
          Reason.BAD_QUERY, "tokens: expected numbers separated by spaces", e);
    }
  }

  private static void await(Future<?> part) {
    try {
      part.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LookupException refusal) {
        throw refusal;
      }
      throw new IllegalStateException("search failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LookupException(Reason.INTERNAL, "search was interrupted", e);
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
