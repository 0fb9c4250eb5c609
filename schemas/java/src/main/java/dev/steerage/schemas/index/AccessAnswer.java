package dev.steerage.schemas.index;

/// What an index says on the way to believing a client.
public sealed interface AccessAnswer {
  /// @param hex random bytes in hexadecimal
  record Challenge(String hex) implements AccessAnswer {}

  /// The proof holds.
  record Proven() implements AccessAnswer {}
}
