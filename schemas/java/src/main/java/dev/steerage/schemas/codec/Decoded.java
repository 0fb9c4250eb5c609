package dev.steerage.schemas.codec;

import dev.steerage.schemas.message.Refusal;
import java.util.Optional;

/// What reading bytes from outside gave: a value, or why there is none.
public sealed interface Decoded<T> {
  /// The value.
  static <T> Decoded<T> ok(T value) {
    return new Ok<>(value);
  }

  /// No value, because of `refusal`; `detail` is a sentence for people without record content.
  static <T> Decoded<T> bad(Refusal refusal, String detail) {
    return new Bad<>(refusal, detail);
  }

  /// The value, if there is one.
  default Optional<T> value() {
    return switch (this) {
      case Ok<T> ok -> Optional.of(ok.get());
      case Bad<T> _ -> Optional.empty();
    };
  }

  /// The value of bytes that Steerage itself wrote.
  ///
  /// @throws IllegalStateException if there is none
  default T orThrow() {
    return switch (this) {
      case Ok<T> ok -> ok.get();
      case Bad<T> bad -> throw new IllegalStateException(bad.refusal() + ": " + bad.detail());
    };
  }

  /// A value.
  record Ok<T>(T get) implements Decoded<T> {}

  /// No value.
  record Bad<T>(Refusal refusal, String detail) implements Decoded<T> {}
}
