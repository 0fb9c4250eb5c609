package dev.steerage.schemas.codec;

import dev.steerage.schemas.message.Refusal;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/// How the values of one topic travel. Thread-safe.
///
/// Consumers use [#reader]: it never throws, so one bad record cannot stop a partition. The
/// [#deserializer] of the serde throws and is for bytes that Steerage itself wrote.
public interface Codec<T> extends Serde<T> {
  /// The bytes of a value.
  byte[] encode(T value);

  /// The value of bytes from anywhere; never throws.
  Decoded<T> decode(byte[] bytes);

  /// A deserializer that never throws. Kafka hands tombstones on as `null`.
  default Deserializer<Decoded<T>> reader() {
    return (_, bytes) -> bytes == null ? Decoded.bad(Refusal.MALFORMED, "no value") : decode(bytes);
  }

  @Override
  default Serializer<T> serializer() {
    return (_, value) -> value == null ? null : encode(value);
  }

  @Override
  default Deserializer<T> deserializer() {
    return (topic, bytes) -> {
      if (bytes == null) {
        return null;
      }
      return switch (decode(bytes)) {
        case Decoded.Ok<T> ok -> ok.get();
        case Decoded.Bad<T> bad ->
            throw new SerializationException(
                "topic=" + topic + ": " + bad.refusal() + ", " + bad.detail());
      };
    };
  }
}
