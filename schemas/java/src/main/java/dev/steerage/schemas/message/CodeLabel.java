package dev.steerage.schemas.message;

import dev.steerage.domain.codebook.Code;

/// What somebody calls a code.
///
/// @param text empty: the label is taken away
/// @param author a claim; the right to write the topic is the proof
/// @param score how well the text says when the code fires, 0 to 1; NaN: nobody measured it
public record CodeLabel(String model, Code code, String text, String author, double score) {
  /// A label that nobody scored.
  public CodeLabel(String model, Code code, String text, String author) {
    this(model, code, text, author, Double.NaN);
  }

  /// The key of its record: the newest label of a key counts.
  public String key() {
    return model + "/" + code;
  }
}
