package dev.steerage.schemas.index;

import dev.steerage.domain.codebook.Code;
import java.time.Instant;
import java.util.List;

/// Labels of codes.
///
/// @param found labels found, also those beyond the limit
public record CodeLabels(List<Labelled> labels, int found) {
  public CodeLabels {
    labels = List.copyOf(labels);
  }

  /// A code and a label.
  public record Labelled(Code code, Label label) {}

  /// What somebody calls a code.
  ///
  /// @param owner tenant whose label it is; empty: the platform's
  /// @param score how well it says when the code fires, 0 to 1; NaN: not measured
  public record Label(String text, String author, String owner, Instant time, double score) {}
}
