package dev.steerage.cli.bench;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// What a measurement was made on, and whether anything else ran.
///
/// @param load the one-minute load average before the run; above 0.5 the run counts as disturbed
record Machine(String processor, int cores, String java, double load) {
  private static final double QUIET = 0.5;

  static Machine now() {
    return new Machine(
        processorName(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.vendor.version", "") + " " + Runtime.version(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  boolean isQuiet() {
    return load >= 0 && load <= QUIET;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s, %d cores, Java %s, load before the run %.2f (%s)",
        processor,
        cores,
        java.strip(),
        load,
        isQuiet() ? "idle" : "NOT idle: absolute figures do not count");
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
