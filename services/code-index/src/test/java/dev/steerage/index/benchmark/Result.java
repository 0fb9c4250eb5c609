package dev.steerage.index.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// A result as a dated file in `benchmarks/results`, with the machine, the command and whether the
/// machine was idle.
final class Result {
  // The build that started us waits; more than this is somebody else's work.
  private static final double IDLE_SHARE = 0.1;
  private static final long LOOK_NS = 2_000_000_000;

  private final StringBuilder text = new StringBuilder();
  private final PrintStream out = System.out;
  private final String name;
  private final double busy = busy();

  Result(String name, String title, String command) {
    this.name = name;
    line("# " + today() + ": " + title);
    line("");
    line("`" + command + "`");
    line("");
    line(
        "%s %s, %d processors (%s), Java %s, heap %d MiB; processors busy for two seconds before it began: %.0f %%; %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                processors(),
                processor(),
                Runtime.version(),
                Runtime.getRuntime().maxMemory() >> 20,
                100 * busy,
                isIdle()
                    ? "nothing else ran."
                    : "**other work ran beside it, so the times count for nothing.**"));
    line("");
  }

  private static String today() {
    return LocalDate.now(ZoneOffset.UTC).toString();
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static String processor() {
    try {
      List<String> lines = Files.readAllLines(Path.of("/proc/cpuinfo"));
      return lines.stream()
          .filter(each -> each.startsWith("model name"))
          .map(each -> each.substring(each.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }

  /// The share of all processors that worked while this thread slept. A load average would still
  /// tell of the benchmark before this one.
  private static double busy() {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    system.getCpuLoad();
    long end = System.nanoTime() + LOOK_NS;
    for (long left = LOOK_NS; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    return system.getCpuLoad();
  }

  private boolean isIdle() {
    return busy >= 0 && busy <= IDLE_SHARE;
  }

  /// Adds a line and prints it.
  void line(String line) {
    text.append(line).append('\n');
    out.println(line);
  }

  /// As [String#format].
  void line(String format, Object... values) {
    line(String.format(Locale.ROOT, format, values));
  }

  /// Writes the file.
  void write() throws IOException {
    Path folder = Path.of("benchmarks", "results");
    Files.createDirectories(folder);
    Path file = folder.resolve(today() + "-" + name + ".md");
    Files.writeString(file, text);
    out.println("written: " + file.toAbsolutePath());
  }
}
