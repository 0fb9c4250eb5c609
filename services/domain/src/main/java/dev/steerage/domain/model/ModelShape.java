package dev.steerage.domain.model;

import dev.steerage.domain.codebook.Site;
import java.util.List;
import java.util.OptionalInt;

/// What rules and prompts are checked against.
///
/// @param model name of the model, as in a prompt
/// @param sites in site-index order
/// @param vocabulary number of token ids
/// @param maxPositions longest prompt plus completion, in tokens
public record ModelShape(String model, List<SiteShape> sites, int vocabulary, int maxPositions) {
  public ModelShape {
    sites = List.copyOf(sites);
  }

  /// The index of a site in [#sites], if the model has it.
  public OptionalInt indexOf(Site site) {
    for (int i = 0; i < sites.size(); i++) {
      if (sites.get(i).site().equals(site)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }
}
