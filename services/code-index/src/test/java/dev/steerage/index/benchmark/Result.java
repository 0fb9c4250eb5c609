package dev.steerage.index.benchmark;

import dev.steerage.testkit.BenchmarkMachine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/// A result as a dated file in `benchmarks/results`, with the machine, the command and whether the
/// machine was idle.
final class Result {
  private final StringBuilder text = new StringBuilder();
  private final PrintStream out = System.out;
  private final String name;

  Result(String name, String title, String command) {
    this.name = name;
    line("# " + today() + ": " + title);
    line("");
    line("`" + command + "`");
    line("");
    line(BenchmarkMachine.look() + ".");
    line("");
  }

  private static String today() {
    return LocalDate.now(ZoneOffset.UTC).toString();
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
