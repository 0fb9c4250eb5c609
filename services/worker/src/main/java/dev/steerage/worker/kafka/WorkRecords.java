package dev.steerage.worker.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.codec.Codec;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.Work;
import dev.steerage.worker.WorkerMetrics;
import dev.steerage.worker.generation.WorkItem;
import dev.steerage.worker.tick.RequestOrigin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads records of the work topic.
final class WorkRecords {
  private static final Logger LOG = LoggerFactory.getLogger(WorkRecords.class);

  private final Codec<Work> codec;
  private final WorkerMetrics metrics;

  WorkRecords(Codec<Work> codec, WorkerMetrics metrics) {
    this.codec = codec;
    this.metrics = metrics;
  }

  /// The request of a record; nothing if there is none, and a count if the bytes are none.
  Optional<WorkItem> read(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      // The tenant was deleted, and this is what takes its records away.
      return Optional.empty();
    }
    Decoded<Work> decoded = codec.decode(record.value());
    return switch (decoded) {
      case Decoded.Ok<Work> ok -> item(record, ok.get());
      case Decoded.Bad<Work> bad -> {
        refuse(record, bad.detail());
        yield Optional.empty();
      }
    };
  }

  private Optional<WorkItem> item(ConsumerRecord<byte[], byte[]> record, Work work) {
    TenantId tenant;
    try {
      tenant = new TenantId(work.tenant());
    } catch (IllegalArgumentException e) {
      refuse(record, e.getMessage());
      return Optional.empty();
    }
    var origin =
        new RequestOrigin(
            tenant,
            work.request(),
            record.partition(),
            record.offset(),
            tags(record),
            work.prompt().session(),
            work.prompt().labels());
    return Optional.of(new WorkItem(origin, work, record.timestamp()));
  }

  private static List<RequestOrigin.Tag> tags(ConsumerRecord<byte[], byte[]> record) {
    List<RequestOrigin.Tag> tags = new ArrayList<>();
    for (Header header : record.headers()) {
      tags.add(new RequestOrigin.Tag(header.key(), header.value()));
    }
    return tags;
  }

  private void refuse(ConsumerRecord<byte[], byte[]> record, String detail) {
    // Only admission writes here, so nobody waits for an answer to such a record.
    metrics.unreadable().inc();
    LOG.atError()
        .addKeyValue("topic", record.topic())
        .addKeyValue("partition", record.partition())
        .addKeyValue("offset", record.offset())
        .addKeyValue("detail", detail)
        .log("work record skipped");
  }
}
