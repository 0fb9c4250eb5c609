package dev.steerage.statistics.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.message.MonitorEdge;
import dev.steerage.schemas.topic.Topics;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.TopicNameExtractor;

/// What the processor hands to its sinks: a value and where it goes.
sealed interface Outgoing {

  /// Statistics for their tenant.
  record Statistics(TenantId tenant, CodeStatistics value) implements Outgoing {
    static final Serializer<Statistics> SERIALIZER =
        (topic, out) -> Topics.CODE_STATISTICS.value().serializer().serialize(topic, out.value());
    static final TopicNameExtractor<String, Statistics> TOPIC =
        (_, out, _) -> Topics.CODE_STATISTICS.of(out.tenant()).name();
  }

  /// A record for the tenant's dead letters, untouched.
  record Rejected(TenantId tenant, byte[] value) implements Outgoing {
    static final Serializer<Rejected> SERIALIZER = (_, out) -> out.value();
    static final TopicNameExtractor<byte[], Rejected> TOPIC =
        (_, out, _) -> Topics.DEAD_LETTERS.of(out.tenant()).name();
  }

  /// An alert for its tenant.
  record Alerted(TenantId tenant, Alert value) implements Outgoing {
    static final Serializer<Alerted> SERIALIZER =
        (topic, out) -> Topics.ALERTS.value().serializer().serialize(topic, out.value());
    static final TopicNameExtractor<String, Alerted> TOPIC =
        (_, out, _) -> Topics.ALERTS.of(out.tenant()).name();
  }

  /// A change of a rule log, for the publisher.
  record Edge(MonitorEdge value) implements Outgoing {
    static final Serializer<Edge> SERIALIZER =
        (topic, out) -> Topics.MONITOR_EDGES.value().serializer().serialize(topic, out.value());
  }

  /// An empty record for one partition of the input: the broker stamps its time on it, and so an
  /// idle partition learns how late it is from the same clock as from every other record.
  record Clock(int partition) implements Outgoing {
    static final Serializer<Clock> SERIALIZER = (_, _) -> new byte[0];
    static final StreamPartitioner<byte[], Clock> PARTITIONER =
        (_, _, out, _) -> Optional.of(Set.of(out.partition()));

    /// Whether a record of the input only says the time.
    static boolean isClock(byte[] value) {
      return value != null && value.length == 0;
    }
  }
}
