package dev.steerage.broker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.server.policy.CreateTopicPolicy.RequestMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// 85 of 100 files are open, 95 may be.
class PartitionLimitTest {
  private final AtomicLong files = new AtomicLong(85);
  private final AtomicLong maps = new AtomicLong();
  private final AtomicLong nowNs = new AtomicLong();

  @TempDir private Path folder;

  private PartitionLimit limit(long mostMaps) {
    var limit =
        new PartitionLimit(
            new PartitionLimit.Resource(files::get, () -> 100),
            new PartitionLimit.Resource(maps::get, () -> mostMaps),
            nowNs::get);
    limit.configure(Map.of("log.dirs", folder.toString()));
    return limit;
  }

  private static void validate(PartitionLimit limit, String topic, int partitions) {
    limit.validate(new RequestMetadata(topic, partitions, (short) 1, null, Map.of()));
  }

  private static void refuse(PartitionLimit limit, String topic, int partitions, String... why) {
    assertThatThrownBy(() -> validate(limit, topic, partitions))
        .isInstanceOf(PolicyViolationException.class)
        .hasMessageContainingAll(why);
  }

  @Test
  void shouldCountWhatWasAgreedToBeforeTheBrokerOpensIt() throws Exception {
    PartitionLimit limit = limit(-1);
    validate(limit, "a", 8);
    nowNs.addAndGet(Duration.ofSeconds(2).toNanos());

    refuse(limit, "b", 3, "topic=b", "open files=93", "wanted=3", "limit=95");

    files.addAndGet(8);
    Files.createDirectory(folder.resolve("a-7"));
    nowNs.addAndGet(Duration.ofSeconds(2).toNanos());
    validate(limit, "b", 2);
    refuse(limit, "c", 1, "open files=95");
  }

  @Test
  void shouldForgetWhatNobodyOpened() {
    PartitionLimit limit = limit(-1);
    validate(limit, "a", 10);
    refuse(limit, "b", 1, "topic=b");

    nowNs.addAndGet(Duration.ofSeconds(61).toNanos());

    validate(limit, "b", 10);
  }

  @Test
  void shouldRefuseWhatHasNoMaps() {
    maps.set(80);
    PartitionLimit limit = limit(100);

    validate(limit, "a", 7);
    refuse(limit, "b", 1, "topic=b", "memory maps=94", "wanted=2", "max_map_count");
  }
}
