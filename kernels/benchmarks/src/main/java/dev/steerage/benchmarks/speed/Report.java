package dev.steerage.benchmarks.speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collections;

/// A report in Markdown: shown as it grows, written to `<date>-<name>.md` at the end.
final class Report {
  private final String name;
  private final StringBuilder text = new StringBuilder();

  Report(String name, Machine machine) {
    this.name = name;
    line("# Speed: %s, %s".formatted(name, Instant.now().truncatedTo(ChronoUnit.SECONDS)));
    line("");
    line(machine.toString());
    line("");
    line(
        "`./mvnw -q -pl kernels/benchmarks -am -DskipTests -Pspeed package -Dspeed=%s`"
            .formatted(name));
  }

  void line(String line) {
    System.out.println(line);
    text.append(line).append('\n');
  }

  /// Begins a table.
  void head(String... columns) {
    line("");
    row((Object[]) columns);
    row(Collections.nCopies(columns.length, "---").toArray());
  }

  void row(Object... cells) {
    StringBuilder row = new StringBuilder("|");
    for (Object cell : cells) {
      row.append(' ').append(cell).append(" |");
    }
    line(row.toString());
  }

  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(LocalDate.now(ZoneOffset.UTC) + "-" + name + ".md");
    Files.writeString(file, text);
    System.out.println("written to " + file);
  }
}
