package dev.steerage.cli.demo;

import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;

/// Two texts side by side, wrapped at words.
final class Columns {
  private static final String GAP = " | ";
  private static final String INDENT = "   ";

  private final Terminal terminal;
  private final int width;

  Columns(Terminal terminal) {
    this.terminal = terminal;
    this.width = (terminal.columns() - INDENT.length() - GAP.length()) / 2;
  }

  void show(String leftHead, String left, String rightHead, String right) {
    terminal.line(terminal.styled(Style.FAINT, INDENT + padded(leftHead) + GAP + rightHead));
    List<String> a = wrapped(left);
    List<String> b = wrapped(right);
    for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
      String line =
          INDENT + padded(i < a.size() ? a.get(i) : "") + GAP + (i < b.size() ? b.get(i) : "");
      terminal.line(line.stripTrailing());
    }
  }

  private String padded(String text) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : Printable.line(text.replaceAll("\\s+", " ").strip()).split(" ")) {
      String part = word;
      while (part.length() > width) {
        lines.add(part.substring(0, width));
        part = part.substring(width);
      }
      if (line.length() + 1 + part.length() > width && !line.isEmpty()) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(part);
    }
    lines.add(line.toString());
    return lines;
  }
}
