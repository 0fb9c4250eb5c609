package dev.steerage.domain.rule;

import dev.steerage.domain.codebook.Code;
import java.util.List;

/// Codes, named one by one or by a concept of the same rule log.
public sealed interface CodeSelection {
  /// These codes, in this order.
  record Codes(List<Code> codes) implements CodeSelection {
    public Codes {
      codes = List.copyOf(codes);
    }
  }

  /// The codes that the concept has at the revision in force.
  record Concept(String name) implements CodeSelection {}
}
