package dev.steerage.experiments.automaton;

import dev.steerage.transformer.CodebookSite;
import java.util.List;
import java.util.stream.Collectors;

/// The codebooks of a model in a few words.
final class Codebooks {
  private Codebooks() {}

  static String text(List<CodebookSite> sites) {
    if (sites.isEmpty()) {
      return "none";
    }
    return sites.stream()
        .map(
            site ->
                "%s %d codes k=%d"
                    .formatted(site.site().component().label(), site.codes(), site.activeCodes()))
        .distinct()
        .collect(Collectors.joining(", "));
  }
}
