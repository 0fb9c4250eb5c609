package dev.steerage.domain.steering;

/// What tokens say, for rules that look at text.
public interface TokenBytes {
  /// For requests without text.
  TokenBytes NONE = _ -> new byte[0];

  /// The bytes that a token adds to the text; none for a special token. Not changed by the caller.
  byte[] of(int token);
}
