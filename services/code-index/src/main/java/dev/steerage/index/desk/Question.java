package dev.steerage.index.desk;

import dev.steerage.domain.codebook.Code;
import dev.steerage.schemas.index.CodeSearch;
import java.util.List;
import java.util.OptionalLong;

/// Something that somebody wants to know about corpora.
public sealed interface Question {
  /// @param concept codes of the concept that the search names
  /// @param hashPrefix of the weights that are served, where known
  record Search(String tenant, CodeSearch search, List<Code> concept, OptionalLong hashPrefix)
      implements Question {}

  /// @param corpus empty: the model's first by name
  record About(
      String tenant, String model, String corpus, Code code, int most, OptionalLong hashPrefix)
      implements Question {}

  /// @param model empty: any
  record WhichCorpora(String model) implements Question {}
}
