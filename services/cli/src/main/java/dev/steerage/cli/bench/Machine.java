package dev.steerage.cli.bench;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// What a measurement was made on, and whether anything else ran.
///
/// @param busy share of all processor time in the two seconds before the run, the idle system under
///   test included; above 0.15 the run counts as disturbed
record Machine(String processor, int cores, String java, double busy) {
  private static final double QUIET = 0.15;
  private static final Duration SAMPLE = Duration.ofSeconds(2);

  static Machine now() {
    return new Machine(
        processorName(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.vendor.version", "") + " " + Runtime.version(),
        busyShare());
  }

  boolean isQuiet() {
    return busy >= 0 && busy <= QUIET;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s, %d cores, Java %s, %.0f %% busy before the run (%s)",
        processor,
        cores,
        java.strip(),
        busy * 100,
        isQuiet() ? "idle" : "NOT idle: absolute figures do not count");
  }

  /// The load average remembers minutes; what matters is now.
  private static double busyShare() {
    var system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    system.getCpuLoad();
    LockSupport.parkNanos(SAMPLE.toNanos());
    return system.getCpuLoad();
  }

  private static String processorName() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8).stream()
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse(System.getProperty("os.arch"));
    } catch (java.io.IOException e) {
      return System.getProperty("os.arch"); // No /proc: another kind of system.
    }
  }
}
