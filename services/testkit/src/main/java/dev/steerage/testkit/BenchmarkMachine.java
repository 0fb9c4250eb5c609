package dev.steerage.testkit;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// The machine that a benchmark runs on, for the head of its result file.
///
/// @param busy the share of all processors that worked in the two seconds before the benchmark
public record BenchmarkMachine(String processor, int processors, long heapMiB, double busy) {
  // The build that started the benchmark waits; more than this is somebody else's work.
  private static final double IDLE = 0.1;
  private static final long LOOK_NS = 2_000_000_000;

  /// Looks for two seconds: a load average would still tell of the benchmark before this one.
  public static BenchmarkMachine look() {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    system.getCpuLoad();
    long end = System.nanoTime() + LOOK_NS;
    for (long left = LOOK_NS; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    Runtime runtime = Runtime.getRuntime();
    return new BenchmarkMachine(
        processorName(),
        runtime.availableProcessors(),
        runtime.maxMemory() >> 20,
        system.getCpuLoad());
  }

  private static String processorName() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      // Another kind of system.
      return System.getProperty("os.arch");
    }
  }

  /// Whether nothing else ran.
  public boolean isIdle() {
    return busy >= 0 && busy <= IDLE;
  }

  /// One line, with what a disturbed run is worth.
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s, %d cores, %s %s, Java %s, heap %d MiB; busy in the two seconds before: %.0f %%, %s",
        processor,
        processors,
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        Runtime.version(),
        heapMiB,
        100 * busy,
        isIdle() ? "so nothing else ran" : "**so other work ran: absolute figures do not count**");
  }
}
