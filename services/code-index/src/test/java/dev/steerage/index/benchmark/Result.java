package dev.steerage.index.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/// A result as a dated file in `benchmarks/results`, with the machine, the command and whether the
/// machine was idle.
final class Result {
  // Our own work keeps the load near the number of processors; more than that is somebody else's.
  private static final double IDLE_LOAD = 0.6;

  private final StringBuilder text = new StringBuilder();
  private final PrintStream out = System.out;
  private final String name;
  private final double loadBefore = load();

  Result(String name, String title, String command) {
    this.name = name;
    line("# " + today() + ": " + title);
    line("");
    line("`" + command + "`");
    line("");
    line(
        "%s %s, %d processors (%s), Java %s, heap %d MiB; load average before it began %.1f: %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                processors(),
                processor(),
                Runtime.version(),
                Runtime.getRuntime().maxMemory() >> 20,
                loadBefore,
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

  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private boolean isIdle() {
    return loadBefore >= 0 && loadBefore <= IDLE_LOAD * processors();
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
