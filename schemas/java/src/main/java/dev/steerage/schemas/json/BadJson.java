package dev.steerage.schemas.json;

import dev.steerage.schemas.message.Refusal;

/// JSON that is no message; caught by the codec, so callers see a
/// [dev.steerage.schemas.codec.Decoded.Bad].
public final class BadJson extends RuntimeException {
  private static final int LONGEST = 300;
  private final Refusal refusal;

  /// @param detail a sentence for people, without content of the record
  public BadJson(Refusal refusal, String detail) {
    super(
        detail.length() <= LONGEST ? detail : detail.substring(0, LONGEST) + "…",
        null,
        false,
        false);
    this.refusal = refusal;
  }

  /// Why.
  public Refusal refusal() {
    return refusal;
  }
}
