package dev.steerage.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/// Rows with aligned columns; the first row names them.
public final class Table {
  private static final String GAP = "  ";

  private final List<Column> columns;
  private final List<List<String>> rows = new ArrayList<>();

  private Table(List<Column> columns) {
    this.columns = List.copyOf(columns);
  }

  /// A table with these columns; a name that starts with `>` is aligned to the right.
  public static Table of(String... names) {
    List<Column> columns = new ArrayList<>();
    for (String name : names) {
      boolean right = name.startsWith(">");
      columns.add(new Column(right ? name.substring(1) : name, right));
    }
    return new Table(columns);
  }

  /// Adds a row; values beyond ASCII control characters are escaped.
  public Table row(Object... values) {
    if (values.length != columns.size()) {
      throw new IllegalArgumentException(
          "row: values=" + values.length + ", columns=" + columns.size());
    }
    List<String> row = new ArrayList<>();
    for (Object value : values) {
      row.add(Printable.line(String.valueOf(value)));
    }
    rows.add(row);
    return this;
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /// Writes the table.
  public void print(Terminal terminal) {
    int[] widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = columns.get(i).name().length();
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> head = columns.stream().map(Column::name).toList();
    terminal.line(terminal.styled(Style.FAINT, joined(head, widths)));
    for (List<String> row : rows) {
      terminal.line(joined(row, widths));
    }
  }

  private String joined(List<String> values, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - values.get(i).length());
      line.append(i == 0 ? "" : GAP);
      line.append(columns.get(i).isRight() ? padding + values.get(i) : values.get(i) + padding);
    }
    return line.toString().stripTrailing();
  }

  private record Column(String name, boolean isRight) {}
}
