package dev.steerage.schemas.codec;

import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.JsonIn;
import dev.steerage.schemas.json.JsonOut;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// A JSON object in strict UTF-8.
public final class JsonCodec<T> implements Codec<T> {
  private final int maxBytes;
  private final Function<JsonNode, Optional<BadJson>> check;
  private final Function<JsonIn, T> read;
  private final BiConsumer<JsonOut, T> write;

  private JsonCodec(
      int maxBytes,
      Function<JsonNode, Optional<BadJson>> check,
      Function<JsonIn, T> read,
      BiConsumer<JsonOut, T> write) {
    this.maxBytes = maxBytes;
    this.check = check;
    this.read = read;
    this.write = write;
  }

  /// A codec for messages of at most `maxBytes` that outsiders write: `check` sees the tree before
  /// `read` does.
  public static <T> JsonCodec<T> checked(
      int maxBytes,
      Function<JsonNode, Optional<BadJson>> check,
      Function<JsonIn, T> read,
      BiConsumer<JsonOut, T> write) {
    return new JsonCodec<>(maxBytes, check, read, write);
  }

  /// A codec for messages that only Steerage writes: no schema validation.
  public static <T> JsonCodec<T> trusted(Function<JsonIn, T> read, BiConsumer<JsonOut, T> write) {
    return new JsonCodec<>(Integer.MAX_VALUE, _ -> Optional.empty(), read, write);
  }

  @Override
  public byte[] encode(T value) {
    return Json.write(out -> write.accept(out, value));
  }

  @Override
  public Decoded<T> decode(byte[] bytes) {
    try {
      JsonNode tree = Json.parse(bytes, maxBytes);
      Optional<BadJson> bad = check.apply(tree);
      if (bad.isPresent()) {
        return Decoded.bad(bad.get().refusal(), bad.get().getMessage());
      }
      return Decoded.ok(read.apply(new JsonIn(tree)));
    } catch (BadJson e) {
      return Decoded.bad(e.refusal(), e.getMessage());
    }
  }
}
