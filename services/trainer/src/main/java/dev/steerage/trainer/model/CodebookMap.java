package dev.steerage.trainer.model;

import java.util.List;

/// The codebooks at one place among the parameters.
///
/// @param firstSite index of the group's first codebook in [Blueprint#sites]
public record CodebookMap(
    int firstSite, Placement placement, List<NormMap> norms, List<Parameter> codes) {
  public CodebookMap {
    norms = List.copyOf(norms);
    codes = List.copyOf(codes);
  }
}
