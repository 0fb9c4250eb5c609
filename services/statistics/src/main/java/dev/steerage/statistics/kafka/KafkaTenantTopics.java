package dev.steerage.statistics.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.statistics.StatisticsException;
import dev.steerage.statistics.TenantTopics;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the cluster which tenants have topics, and remembers those that have.
///
/// A tenant without topics is asked for again, at most once a second in all: its histograms are
/// counted, its statistics start when its topics are there.
final class KafkaTenantTopics implements TenantTopics, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaTenantTopics.class);
  private static final long CALL_TIMEOUT_S = 30;
  private static final long LOOK_EVERY_NS = TimeUnit.SECONDS.toNanos(1);

  private final Admin admin;
  private final Set<TenantId> known = ConcurrentHashMap.newKeySet();
  private final Set<TenantId> missing = ConcurrentHashMap.newKeySet();
  private final AtomicLong lookedNs = new AtomicLong(System.nanoTime() - LOOK_EVERY_NS);

  KafkaTenantTopics(Admin admin) {
    this.admin = admin;
  }

  @Override
  public boolean exist(TenantId tenant) {
    if (known.contains(tenant)) {
      return true;
    }
    // A tenant that was never asked for is looked up at once: its first statistics count.
    if (missing.add(tenant) || System.nanoTime() - lookedNs.get() >= LOOK_EVERY_NS) {
      lookedNs.set(System.nanoTime());
      look(tenant);
    }
    return known.contains(tenant);
  }

  @Override
  public void forget(TenantId tenant) {
    known.remove(tenant);
  }

  private void look(TenantId tenant) {
    List<String> names =
        List.of(Topics.CODE_STATISTICS.of(tenant).name(), Topics.DEAD_LETTERS.of(tenant).name());
    try {
      describe(names);
      known.add(tenant);
      missing.remove(tenant);
    } catch (UnknownTopicOrPartitionException e) {
      LOG.atWarn().addKeyValue("tenant", tenant).log("tenant has no topics: outputs left out");
    } catch (StatisticsException e) {
      // The producer will meet the same trouble, and Kafka Streams knows how to wait.
      LOG.atWarn().addKeyValue("tenant", tenant).setCause(e).log("topics not looked up");
      known.add(tenant);
    }
  }

  private void describe(Collection<String> names) {
    try {
      admin.describeTopics(names).allTopicNames().get(CALL_TIMEOUT_S, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException unknown) {
        throw unknown;
      }
      throw new StatisticsException("topics not described: " + names, e.getCause());
    } catch (TimeoutException e) {
      throw new StatisticsException("no answer in " + CALL_TIMEOUT_S + " s: topics " + names, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StatisticsException("interrupted: topics " + names, e);
    }
  }

  /// Refuses to start on an input that is absent or carries the clocks of its writers.
  void checkInput() {
    String input = Topics.HISTOGRAMS.name();
    try {
      describe(List.of(input));
    } catch (UnknownTopicOrPartitionException e) {
      throw new StatisticsException(
          "topic does not exist: " + input + "; make the topics first with steerage provision");
    }
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, input);
    try {
      Map<ConfigResource, Config> found =
          admin.describeConfigs(List.of(resource)).all().get(CALL_TIMEOUT_S, TimeUnit.SECONDS);
      String type = found.get(resource).get("message.timestamp.type").value();
      if (!type.equals("LogAppendTime")) {
        throw new StatisticsException(
            "topic: " + input + ", message.timestamp.type=" + type + ", expected LogAppendTime");
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new StatisticsException("topic settings not read: " + input, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StatisticsException("interrupted: topic settings of " + input, e);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
