package dev.steerage.schemas.topic;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/// Headers that travel from a prompt to every record it causes.
public final class CarriedHeaders {
  /// Where the sender wants to read the answer: 4 bytes, big-endian.
  public static final String REPLY_PARTITION = "kafka_replyPartition";

  /// W3C trace context, correlation ids and Spring's reply headers.
  public static final Set<String> NAMES =
      Set.of(
          "traceparent",
          "tracestate",
          "correlation-id",
          "reply-to",
          "kafka_correlationId",
          "kafka_replyTopic",
          REPLY_PARTITION);

  private static final int MAX_BYTES = 4_096;

  private CarriedHeaders() {}

  /// The headers of `from` that travel; oversized ones stay behind.
  public static Headers carry(Headers from) {
    RecordHeaders carried = new RecordHeaders();
    for (Header header : from) {
      if (NAMES.contains(header.key())
          && header.value() != null
          && header.value().length <= MAX_BYTES) {
        carried.add(header);
      }
    }
    return carried;
  }

  /// The partition of completions that the sender reads, if it named one that exists.
  public static Optional<Integer> replyPartition(Headers headers, int partitions) {
    Header header = headers.lastHeader(REPLY_PARTITION);
    if (header == null || header.value() == null || header.value().length != 4) {
      return Optional.empty();
    }
    int partition = ByteBuffer.wrap(header.value()).getInt();
    return partition >= 0 && partition < partitions ? Optional.of(partition) : Optional.empty();
  }
}
