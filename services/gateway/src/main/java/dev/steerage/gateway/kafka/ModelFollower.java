package dev.steerage.gateway.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.gateway.GatewayMetrics;
import dev.steerage.gateway.state.Models;
import dev.steerage.gateway.state.Quotas;
import dev.steerage.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps [Models] and [Quotas] as the platform's topics say.
public final class ModelFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelFollower.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final long STOP_MS = 5_000;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Models models;
  private final Quotas quotas;
  private final Consumer<TenantId> deleted;
  private final GatewayMetrics metrics;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch caughtUp = new CountDownLatch(1);
  private final Thread thread;

  private ModelFollower(
      KafkaConsumer<byte[], byte[]> consumer,
      Models models,
      Quotas quotas,
      Consumer<TenantId> deleted,
      GatewayMetrics metrics) {
    this.deleted = deleted;
    this.consumer = consumer;
    this.models = models;
    this.quotas = quotas;
    this.metrics = metrics;
    thread = Thread.ofPlatform().name("gateway-models").daemon().unstarted(this::run);
  }

  /// @param deleted hears of tenants that were deleted
  public static ModelFollower start(
      KafkaSide kafka,
      Models models,
      Quotas quotas,
      Consumer<TenantId> deleted,
      GatewayMetrics metrics) {
    var follower = new ModelFollower(kafka.platformConsumer(), models, quotas, deleted, metrics);
    follower.thread.start();
    return follower;
  }

  /// Waits until every model that was announced is known.
  public boolean awaitCaughtUp(Duration limit) throws InterruptedException {
    return caughtUp.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void run() {
    var place = new TopicPartition(Topics.MODELS.name(), 0);
    while (stop.getCount() > 0) {
      try {
        if (consumer.assignment().isEmpty()) {
          List<TopicPartition> both = List.of(place, new TopicPartition(Topics.TENANTS.name(), 0));
          consumer.assign(both);
          consumer.seekToBeginning(both);
        }
        Set<String> gone = new HashSet<>();
        for (var record : consumer.poll(POLL)) {
          if (record.topic().equals(Topics.TENANTS.name())) {
            tenant(new String(record.key(), StandardCharsets.UTF_8), record.value(), gone);
          } else {
            Topics.MODELS
                .value()
                .reader()
                .deserialize(record.topic(), record.value())
                .value()
                .ifPresent(card -> models.put(card, record.timestamp()));
          }
        }
        gone.stream().filter(TenantId::isName).map(TenantId::new).forEach(deleted);
        if (caughtUp.getCount() > 0
            && consumer.position(place) >= consumer.endOffsets(List.of(place)).get(place)) {
          caughtUp.countDown();
        }
      } catch (WakeupException e) {
        // The end.
      } catch (InterruptException e) {
        break;
      } catch (KafkaException e) {
        metrics.tailFailed();
        LOG.atWarn().setCause(e).log("reading the models failed; trying again");
        backOff();
      }
    }
    consumer.close();
  }

  /// @param gone those deleted and not made anew since
  private void tenant(String name, byte[] quota, Set<String> gone) {
    quotas.put(
        name,
        Optional.ofNullable(quota).flatMap(value -> Topics.TENANTS.value().decode(value).value()));
    if (quota == null) {
      gone.add(name);
    } else {
      gone.remove(name);
    }
  }

  private void backOff() {
    try {
      stop.await(POLL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop.countDown();
    consumer.wakeup();
    try {
      thread.join(STOP_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
