package dev.steerage.benchmarks.speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/// The machine that a report speaks of, and whether it had anything else to do.
///
/// @param busyPercent of all cores, in the second before the run
record Machine(String processor, int cores, long memoryMib, String jdk, int busyPercent) {
  private static final int IDLE_PERCENT = 5;
  private static final long LOOK_NS = 1_000_000_000;

  static Machine look() throws IOException {
    return new Machine(
        field(Path.of("/proc/cpuinfo"), "model name"),
        Runtime.getRuntime().availableProcessors(),
        Long.parseLong(field(Path.of("/proc/meminfo"), "MemTotal").split(" ")[0]) / 1024,
        System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
        busy());
  }

  boolean isIdle() {
    return busyPercent <= IDLE_PERCENT;
  }

  @Override
  public String toString() {
    return "%s, %d cores, %d MiB, %s; %d %% busy in the second before: %s"
        .formatted(
            processor,
            cores,
            memoryMib,
            jdk,
            busyPercent,
            isIdle() ? "idle" : "**not idle, so these numbers say little**");
  }

  private static String field(Path file, String name) throws IOException {
    if (!Files.isReadable(file)) {
      return "0 (unknown)";
    }
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).trim())
        .findFirst()
        .orElse("0 (unknown)");
  }

  private static int busy() throws IOException {
    Path stat = Path.of("/proc/stat");
    if (!Files.isReadable(stat)) {
      return 100;
    }
    long[] before = ticks(stat);
    long deadline = System.nanoTime() + LOOK_NS;
    while (System.nanoTime() < deadline) {
      LockSupport.parkNanos(deadline - System.nanoTime());
    }
    long[] after = ticks(stat);
    long all = after[0] - before[0];
    return all == 0 ? 0 : Math.toIntExact(100 * (all - (after[1] - before[1])) / all);
  }

  /// All ticks, and the idle ones.
  private static long[] ticks(Path stat) throws IOException {
    String[] fields = Files.readAllLines(stat).getFirst().trim().split(" +");
    long all = Arrays.stream(fields).skip(1).mapToLong(Long::parseLong).sum();
    return new long[] {all, Long.parseLong(fields[4]) + Long.parseLong(fields[5])};
  }
}
