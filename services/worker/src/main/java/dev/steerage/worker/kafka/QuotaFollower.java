package dev.steerage.worker.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.TenantQuota;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.worker.share.TenantQuotas;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows what tenants may use. A worker starts when it has read it to the end.
final class QuotaFollower implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(QuotaFollower.class);
  private static final Duration POLL = Duration.ofMillis(500);

  private final Consumer<byte[], byte[]> consumer;
  private final TenantQuotas quotas;
  private final TopicPartition partition = new TopicPartition(Topics.TENANTS.name(), 0);
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private volatile boolean closed;

  QuotaFollower(Consumer<byte[], byte[]> consumer, TenantQuotas quotas) {
    this.consumer = consumer;
    this.quotas = quotas;
  }

  CompletableFuture<Void> ready() {
    return ready;
  }

  void close() {
    closed = true;
    consumer.wakeup();
  }

  @Override
  public void run() {
    try {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = -1;
      while (!closed) {
        try {
          if (end < 0) {
            end = consumer.endOffsets(List.of(partition)).get(partition);
          }
          if (consumer.position(partition) >= end) {
            ready.complete(null);
          }
          consumer.poll(POLL).forEach(this::take);
        } catch (WakeupException e) {
          // Only to end.
          closed = true;
        } catch (org.apache.kafka.common.errors.InterruptException e) {
          return;
        } catch (KafkaException e) {
          LOG.atWarn().addKeyValue("cause", e.toString()).log("quotas not read");
        }
      }
    } finally {
      consumer.close(CloseOptions.timeout(Duration.ZERO));
      ready.cancel(false);
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    try {
      var tenant = new TenantId(new String(record.key(), StandardCharsets.UTF_8));
      Optional<TenantQuota> quota =
          Optional.ofNullable(record.value())
              .map(Topics.TENANTS.value()::decode)
              .flatMap(Decoded::value);
      quotas.put(tenant, quota);
    } catch (IllegalArgumentException e) {
      LOG.atWarn().addKeyValue("offset", record.offset()).log("quota of no tenant");
    }
  }
}
