package dev.steerage.schemas.index;

import dev.steerage.domain.codebook.Code;
import java.util.List;

/// The codes of a concept at the newest revision that the index read.
///
/// @param revision offset of the concept's record in the tenant's rule log
public record ConceptCodes(String concept, String model, long revision, List<Code> codes) {
  public ConceptCodes {
    codes = List.copyOf(codes);
  }
}
