package dev.steerage.experiments.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Horizontal bars in groups, with intervals, as SVG.
public final class BarPlot {
  private static final int WIDTH = 720;
  private static final int LEFT = 190;
  private static final int RIGHT = 90;
  private static final int BAR = 14;
  private static final int GAP = 10;
  private static final int TOP = 34;
  private static final List<String> COLOURS =
      List.of("#1f6fb2", "#e08a1e", "#8a8a8a", "#4a9a5b", "#a04a8a", "#b23b3b");

  private final List<String> series;
  private final String axis;
  private final List<Group> groups = new ArrayList<>();

  private record Group(String name, List<Estimate> values) {}

  /// @param series names of the bars of a group
  /// @param axis what the bars measure
  public BarPlot(String axis, List<String> series) {
    this.axis = axis;
    this.series = List.copyOf(series);
  }

  /// Adds a group.
  ///
  /// @param values one per series; NaN is left out
  public BarPlot group(String name, List<Estimate> values) {
    groups.add(new Group(name, List.copyOf(values)));
    return this;
  }

  /// Adds a group without intervals.
  public BarPlot bars(String name, double... values) {
    List<Estimate> estimates = new ArrayList<>();
    for (double value : values) {
      estimates.add(new Estimate(value, 0, 1));
    }
    return group(name, estimates);
  }

  /// The colour of the n-th series.
  static String colour(int n) {
    return COLOURS.get(n % COLOURS.size());
  }

  /// The drawing.
  public String svg() {
    double most =
        groups.stream()
            .flatMap(group -> group.values().stream())
            .mapToDouble(Estimate::high)
            .filter(Double::isFinite)
            .max()
            .orElse(1);
    double scale = (WIDTH - LEFT - RIGHT) / Math.max(most, 1e-9);
    int height = TOP + GAP + groups.size() * (series.size() * BAR + GAP) + 24;
    Drawing drawing = new Drawing(WIDTH, height);
    for (int i = 0; i < series.size(); i++) {
      int x = LEFT + i * (WIDTH - LEFT) / series.size();
      drawing.box(x, 10, 10, 10, colour(i));
      drawing.text(x + 14, 19, series.get(i));
    }
    int y = TOP;
    for (Group group : groups) {
      drawing.text(6, y + series.size() * BAR / 2.0 + 4, group.name());
      for (int i = 0; i < group.values().size(); i++) {
        Estimate value = group.values().get(i);
        if (Double.isFinite(value.mean())) {
          bar(drawing, value, y, scale, colour(i));
        }
        y += BAR;
      }
      y += GAP;
    }
    drawing.line(LEFT, TOP - 4, LEFT, y, "#444");
    drawing.text(LEFT, y + 14, axis);
    return drawing.svg();
  }

  private static void bar(Drawing drawing, Estimate value, int y, double scale, String colour) {
    double length = Math.max(0, value.mean()) * scale;
    drawing.box(LEFT, y, Math.max(length, 0.5), BAR - 2, colour);
    double end = LEFT + length;
    if (value.halfWidth() > 0) {
      double middle = y + BAR / 2.0 - 1;
      double from = LEFT + Math.max(0, value.low()) * scale;
      end = LEFT + value.high() * scale;
      drawing.line(from, middle, end, middle, "#222");
    }
    drawing.text(end + 4, y + BAR - 4, String.format(Locale.ROOT, "%.3f", value.mean()));
  }
}
