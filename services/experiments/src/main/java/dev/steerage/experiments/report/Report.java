package dev.steerage.experiments.report;

import dev.steerage.experiments.ExperimentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One page with what was measured: how, tables, plots. What is once written is never changed: a
/// second report of a day gets a number.
public final class Report {
  private static final int MOST_OF_A_DAY = 100;

  private final String title;
  private final String protocol;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final StringBuilder body = new StringBuilder();
  private final List<String> plots = new ArrayList<>();

  /// @param protocol name of the protocol's page, without its ending
  public Report(String title, String protocol) {
    this.title = title;
    this.protocol = protocol;
  }

  /// How it was measured; the last value of a name counts.
  public void setting(String name, String value) {
    settings.put(name, value);
  }

  public void text(String paragraph) {
    body.append('\n').append(paragraph).append('\n');
  }

  public void heading(String words) {
    body.append("\n## ").append(words).append('\n');
  }

  public void table(List<String> head, List<List<String>> rows) {
    body.append('\n');
    row(body, head);
    body.append("|---".repeat(head.size())).append("|\n");
    rows.forEach(cells -> row(body, cells));
  }

  /// @param svg a whole drawing
  public void plot(String caption, String svg) {
    plots.add(svg);
    body.append("\n![").append(caption).append("](@plot").append(plots.size()).append("@)\n");
  }

  /// Writes the page and its plots.
  ///
  /// @return the page
  public Path write(Path folder, String name) {
    String date = LocalDate.now(ZoneOffset.UTC) + "-" + name;
    try {
      Files.createDirectories(folder);
      String stem = date;
      for (int i = 2; Files.exists(folder.resolve(stem + ".md")); i++) {
        if (i > MOST_OF_A_DAY) {
          throw new ExperimentException("reports=" + folder + " has too many of " + date);
        }
        stem = date + "-" + i;
      }
      String page = page();
      for (int i = 1; i <= plots.size(); i++) {
        String file = stem + (plots.size() == 1 ? "" : "-" + i) + ".svg";
        Files.writeString(folder.resolve(file), plots.get(i - 1));
        page = page.replace("@plot" + i + "@", file);
      }
      Path to = folder.resolve(stem + ".md");
      Files.writeString(to, page);
      return to;
    } catch (IOException e) {
      throw new ExperimentException("reports=" + folder + " cannot be written: " + e, e);
    }
  }

  private String page() {
    StringBuilder page = new StringBuilder();
    page.append("# ").append(title).append("\n\nProtocol: [");
    page.append(protocol).append("-protocol.md](").append(protocol).append("-protocol.md).\n\n");
    page.append("| setting | |\n|---|---|\n");
    settings.forEach((name, value) -> row(page, List.of(name, value)));
    return page.append(body).toString();
  }

  private static void row(StringBuilder to, List<String> cells) {
    cells.forEach(cell -> to.append("| ").append(cell).append(' '));
    to.append("|\n");
  }
}
