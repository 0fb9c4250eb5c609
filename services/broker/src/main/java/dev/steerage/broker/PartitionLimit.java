package dev.steerage.broker;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.server.policy.CreateTopicPolicy;

/// Refuses topics for which this process has no files or memory maps: a broker that runs out of
/// them stops, with all its tenants, and does not start again.
///
/// The open segment of a partition is a file and two maps. The broker opens them after the
/// controller has agreed, so that what was agreed to and is not there yet counts too. For the
/// controller's one thread.
public final class PartitionLimit implements CreateTopicPolicy {
  private static final String LIMIT_OF_MAPS = "/proc/sys/vm/max_map_count";
  private static final int MAPS = 2;

  /// Connections, segments that are closed and what else a process opens.
  private static final int FREE_PERCENT = 5;

  /// Counting is slow where there is much to count.
  private static final Duration COUNT_EVERY = Duration.ofSeconds(1);

  /// Something else refused what was agreed to here.
  private static final Duration OPENED_IN = Duration.ofMinutes(1);

  private final Resource files;
  private final Resource maps;
  private final LongSupplier clockNs;
  private final List<Agreed> agreed = new ArrayList<>();
  private Path folder = Path.of("");
  private long countedNs;
  private boolean isCounted;
  private long openFiles;
  private long openMaps;

  /// Something that a process has so many of.
  ///
  /// @param used how many now
  /// @param limit how many at most; negative: not known
  record Resource(LongSupplier used, LongSupplier limit) {}

  /// A topic whose partitions the broker may not have opened yet.
  private record Agreed(String topic, int partitions, long sinceNs) {}

  /// For Kafka, which makes its policies itself.
  public PartitionLimit() {
    this(
        new Resource(PartitionLimit::openFiles, PartitionLimit::mostFiles),
        new Resource(PartitionLimit::openMaps, PartitionLimit::mostMaps),
        System::nanoTime);
  }

  PartitionLimit(Resource files, Resource maps, LongSupplier clockNs) {
    this.files = files;
    this.maps = maps;
    this.clockNs = clockNs;
  }

  @Override
  public void configure(Map<String, ?> settings) {
    folder = Path.of(settings.get("log.dirs").toString());
  }

  @Override
  public void validate(RequestMetadata wanted) {
    int partitions =
        wanted.numPartitions() != null
            ? wanted.numPartitions()
            : wanted.replicasAssignments().size();
    count();
    require(wanted.topic(), "open files", openFiles, partitions, files.limit().getAsLong());
    require(wanted.topic(), "memory maps", openMaps, MAPS * partitions, maps.limit().getAsLong());
    openFiles += partitions;
    openMaps += (long) MAPS * partitions;
    agreed.add(new Agreed(wanted.topic(), partitions, clockNs.getAsLong()));
  }

  private static void require(String topic, String what, long used, long more, long limit) {
    long most = limit - limit * FREE_PERCENT / 100;
    if (limit >= 0 && used + more > most) {
      throw new PolicyViolationException(
          "the broker's process has no room for more partitions: topic="
              + topic
              + ", "
              + what
              + "="
              + used
              + ", wanted="
              + more
              + ", limit="
              + most
              + " ("
              + (100 - FREE_PERCENT)
              + " % of "
              + limit
              + ", see ulimit -n and "
              + LIMIT_OF_MAPS
              + ")");
    }
  }

  private void count() {
    long now = clockNs.getAsLong();
    if (isCounted && now - countedNs < COUNT_EVERY.toNanos()) {
      return;
    }
    isCounted = true;
    countedNs = now;
    agreed.removeIf(
        topic ->
            now - topic.sinceNs() > OPENED_IN.toNanos()
                || Files.exists(folder.resolve(topic.topic() + "-" + (topic.partitions() - 1))));
    int waiting = agreed.stream().mapToInt(Agreed::partitions).sum();
    openFiles = files.used().getAsLong() + waiting;
    openMaps = maps.used().getAsLong() + (long) MAPS * waiting;
  }

  private static long openFiles() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : 0;
  }

  private static long mostFiles() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : -1;
  }

  private static long openMaps() {
    Path maps = Path.of("/proc/self/maps");
    if (!Files.isReadable(maps)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(maps)) {
      return lines.count();
    } catch (IOException e) {
      throw new BrokerException("memory maps cannot be counted: file=" + maps, e);
    }
  }

  private static long mostMaps() {
    Path limit = Path.of(LIMIT_OF_MAPS);
    if (!Files.isReadable(limit)) {
      return -1;
    }
    // In one piece: the kernel does not give the rest of a number that was read in part.
    try (BufferedReader in = Files.newBufferedReader(limit)) {
      return Long.parseLong(in.readLine().strip());
    } catch (IOException e) {
      throw new BrokerException("limit cannot be read: file=" + limit, e);
    }
  }

  @Override
  public void close() {}
}
