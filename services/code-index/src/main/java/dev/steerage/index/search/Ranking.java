package dev.steerage.index.search;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.schemas.index.CodeScore;
import dev.steerage.schemas.index.CodeSearch;
import dev.steerage.schemas.index.FoundCodes.Found;
import dev.steerage.schemas.index.FoundCodes.Neuron;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Chooses codes by their scores on one half of the documents, or on all of them.
final class Ranking {
  private final OpenCorpus open;
  private final CodeSearch search;
  private final Tally tally;
  private final boolean[] isWanted;

  Ranking(OpenCorpus open, CodeSearch search, Tally tally, boolean[] isWanted) {
    this.open = open;
    this.search = search;
    this.tally = tally;
    this.isWanted = isWanted;
  }

  long chosenMatches() {
    return search.heldOut() ? tally.matches(0) : tally.matches(0) + tally.matches(1);
  }

  long scoredMatches() {
    return search.heldOut() ? tally.matches(1) : chosenMatches();
  }

  /// The best codes, best first; ties to the larger support, then to the lower code.
  List<Found> best(Optional<NeuronBaseline> neurons, Function<Code, String> label) {
    List<Candidate> all = new ArrayList<>();
    for (int site = 0; site < isWanted.length; site++) {
      if (isWanted[site]) {
        all.addAll(site(site));
      }
    }
    all.sort(ORDER);
    List<Candidate> best = all.subList(0, Math.min(search.most(), all.size()));
    double[] recalls = best.stream().mapToDouble(each -> each.chosen().recall()).toArray();
    List<Optional<Neuron>> beside =
        neurons
            .map(each -> each.best(recalls))
            .orElse(Collections.nCopies(recalls.length, Optional.empty()));
    List<Found> found = new ArrayList<>();
    for (int i = 0; i < best.size(); i++) {
      Candidate each = best.get(i);
      String text = label.apply(each.code());
      found.add(new Found(each.code(), each.chosen(), each.scored(), beside.get(i), text));
    }
    return found;
  }

  private record Candidate(Code code, CodeScore chosen, CodeScore scored, double measure) {}

  private static final Comparator<Candidate> ORDER =
      Comparator.comparingDouble(Candidate::measure)
          .thenComparingLong((Candidate each) -> each.chosen().hits())
          .reversed()
          .thenComparing(Candidate::code);

  private List<Candidate> site(int site) {
    SiteShape shape = open.corpus().info().sites().get(site);
    List<Candidate> found = new ArrayList<>();
    CodeSearch.Floors floors = search.floors();
    for (int code = 0; code < shape.codes(); code++) {
      // Most codes fire on no match.
      if (tally.hits(0, site, code) + tally.hits(1, site, code) == 0) {
        continue;
      }
      CodeScore chosen = chosen(site, code);
      if (chosen.hits() > 0
          && chosen.hits() >= floors.support()
          && chosen.recall() >= floors.recall()
          && chosen.precision() >= floors.precision()) {
        found.add(
            new Candidate(
                new Code(shape.site(), code), chosen, scored(site, code), measure(chosen)));
      }
    }
    found.sort(ORDER);
    return found.size() > search.perSite() ? found.subList(0, search.perSite()) : found;
  }

  private double measure(CodeScore score) {
    return switch (search.rankBy()) {
      case PRECISION -> score.precision();
      case RECALL -> score.recall();
      case F1 -> score.f1();
    };
  }

  private CodeScore chosen(int site, int code) {
    return search.heldOut() ? half(0, site, code) : whole(site, code);
  }

  private CodeScore scored(int site, int code) {
    return search.heldOut() ? half(1, site, code) : whole(site, code);
  }

  private CodeScore half(int half, int site, int code) {
    return new CodeScore(
        tally.hits(half, site, code), open.firings(half, site, code), tally.matches(half));
  }

  private CodeScore whole(int site, int code) {
    return new CodeScore(
        (long) tally.hits(0, site, code) + tally.hits(1, site, code),
        open.firings(site, code),
        tally.matches(0) + tally.matches(1));
  }
}
