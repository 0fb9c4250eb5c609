package dev.steerage.statistics.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;

/// Activations, CPU time and changelog bytes of this process from the first activation on, and from
/// the first third on, when the compilers have mostly done their work.
final class Measurement {
  private static final long PAUSE_NS = 20_000_000;
  private static final double NS = 1e9;

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final LongSupplier activations;
  private final LongSupplier changelogBytes;

  Measurement(LongSupplier activations, LongSupplier changelogBytes) {
    this.activations = activations;
    this.changelogBytes = changelogBytes;
  }

  /// One look.
  private record Sample(long wallNs, long cpuNs, long activations, long changelogBytes) {}

  private Sample sample() {
    return new Sample(
        System.nanoTime(),
        system.getProcessCpuTime(),
        activations.getAsLong(),
        changelogBytes.getAsLong());
  }

  /// Waits until everything is counted; one line of JSON.
  String until(long expected) {
    Sample first = sample();
    while (first.activations() == 0) {
      pause();
      first = sample();
    }
    Sample third = first;
    Sample last = first;
    while (last.activations() < expected) {
      pause();
      last = sample();
      if (last.activations() < expected / 3) {
        third = last;
      }
    }
    return "{\"all\":" + rates(first, last) + ",\"warm\":" + rates(third, last) + "}";
  }

  private static void pause() {
    java.util.concurrent.locks.LockSupport.parkNanos(PAUSE_NS);
  }

  private static String rates(Sample from, Sample to) {
    double cpuS = (to.cpuNs() - from.cpuNs()) / NS;
    double wallS = (to.wallNs() - from.wallNs()) / NS;
    double counted = to.activations() - from.activations();
    double logged = to.changelogBytes() - from.changelogBytes();
    return String.format(
        java.util.Locale.ROOT,
        "{\"activations\":%.0f,\"cpuS\":%.3f,\"wallS\":%.3f,\"perCoreSecond\":%.0f,"
            + "\"perSecond\":%.0f,\"changelogBytesPerSecond\":%.0f,"
            + "\"changelogBytesPerThousandActivations\":%.1f}",
        counted,
        cpuS,
        wallS,
        counted / cpuS,
        counted / wallS,
        logged / wallS,
        1000 * logged / counted);
  }
}
