package dev.steerage.statistics.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.MonitorEdge;
import dev.steerage.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;

/// Looks into rule logs for the changes of edges. One thread.
final class WrittenEdges implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /// Clocks of brokers may differ; an edge's time is a broker's as well.
  private static final long SKEW_MS = 60_000;

  private final Consumer<byte[], byte[]> log;
  private final Map<TenantId, Known> known = new HashMap<>();

  WrittenEdges(Consumer<byte[], byte[]> log) {
    this.log = log;
  }

  /// What was read of one log.
  private static final class Known {
    private final long fromMs;
    private final Set<String> edges = new HashSet<>();
    private long next = -1;

    Known(long fromMs) {
      this.fromMs = fromMs;
    }
  }

  /// Whether the log has the change of an edge now.
  boolean has(TenantId tenant, MonitorEdge edge) {
    long fromMs = Math.max(0, edge.atMs() - SKEW_MS);
    Known log = known.get(tenant);
    if (log == null || log.fromMs > fromMs) {
      log = new Known(fromMs);
      known.put(tenant, log);
    }
    read(new TopicPartition(Topics.RULES.of(tenant).name(), 0), log);
    return log.edges.contains(edge.edge());
  }

  private void read(TopicPartition partition, Known found) {
    log.assign(List.of(partition));
    long end = log.endOffsets(List.of(partition)).get(partition);
    if (found.next < 0) {
      OffsetAndTimestamp first =
          log.offsetsForTimes(Map.of(partition, found.fromMs)).get(partition);
      found.next = first == null ? end : first.offset();
    }
    log.seek(partition, found.next);
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (log.position(partition) < end) {
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("rule log not read in " + LIMIT + ": " + partition.topic());
      }
      for (ConsumerRecord<byte[], byte[]> record : log.poll(POLL)) {
        Header header = record.headers().lastHeader(MonitorEdge.HEADER);
        if (header != null) {
          found.edges.add(new String(header.value(), StandardCharsets.UTF_8));
        }
      }
    }
    found.next = log.position(partition);
  }

  @Override
  public void close() {
    log.close(CloseOptions.timeout(Duration.ofSeconds(1)));
  }
}
