package dev.steerage.schemas.json;

import dev.steerage.domain.codebook.Code;
import dev.steerage.schemas.message.CodeLabel;
import dev.steerage.schemas.message.Refusal;

/// Labels of codes as JSON.
public final class LabelJson {
  private LabelJson() {}

  /// Reads a label.
  public static CodeLabel read(JsonIn in) {
    Code code;
    try {
      code = Code.parse(in.text("code"));
    } catch (IllegalArgumentException e) {
      throw new BadJson(Refusal.MALFORMED, e.getMessage());
    }
    return new CodeLabel(
        in.text("model"), code, in.text("text"), in.text("author"), in.number("score", Double.NaN));
  }

  /// Writes a label.
  public static void write(JsonOut out, CodeLabel label) {
    out.text("model", label.model())
        .text("code", label.code().toString())
        .text("text", label.text())
        .text("author", label.author());
    if (!Double.isNaN(label.score())) {
      out.number("score", label.score());
    }
  }
}
