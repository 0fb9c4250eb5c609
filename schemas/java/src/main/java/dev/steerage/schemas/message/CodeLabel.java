package dev.steerage.schemas.message;

import dev.steerage.domain.codebook.Code;

/// What somebody calls a code.
///
/// @param text empty: the label is taken away
/// @param author a claim; the right to write the topic is the proof
public record CodeLabel(String model, Code code, String text, String author) {
  /// The key of its record: the newest label of a key counts.
  public String key() {
    return model + "/" + code;
  }
}
