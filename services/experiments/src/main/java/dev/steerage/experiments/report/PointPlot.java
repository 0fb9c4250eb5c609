package dev.steerage.experiments.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Points of several series over two axes, joined in their order, as SVG.
public final class PointPlot {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 380;
  private static final int MARGIN = 56;

  private final String acrossName;
  private final String upName;
  private final Map<String, List<double[]>> series = new LinkedHashMap<>();

  public PointPlot(String acrossName, String upName) {
    this.acrossName = acrossName;
    this.upName = upName;
  }

  /// Adds a point to a series.
  public PointPlot point(String name, double across, double up) {
    series.computeIfAbsent(name, _ -> new ArrayList<>()).add(new double[] {across, up});
    return this;
  }

  /// The drawing.
  public String svg() {
    double[] across = range(0);
    double[] up = range(1);
    Drawing drawing = new Drawing(WIDTH, HEIGHT);
    for (int i = 0; i <= 4; i++) {
      double x = MARGIN + i * (WIDTH - 2.0 * MARGIN) / 4;
      double y = HEIGHT - MARGIN - i * (HEIGHT - 2.0 * MARGIN) / 4;
      drawing.line(MARGIN, y, WIDTH - MARGIN, y, "#ddd");
      drawing.text(4, y + 4, number(up[0] + i * (up[1] - up[0]) / 4));
      drawing.text(
          x - 12, HEIGHT - MARGIN + 16, number(across[0] + i * (across[1] - across[0]) / 4));
    }
    int colour = 0;
    for (Map.Entry<String, List<double[]>> each : series.entrySet()) {
      String ink = BarPlot.colour(colour);
      double[] before = null;
      for (double[] point : each.getValue()) {
        double x = MARGIN + (point[0] - across[0]) / (across[1] - across[0]) * (WIDTH - 2 * MARGIN);
        double y = HEIGHT - MARGIN - (point[1] - up[0]) / (up[1] - up[0]) * (HEIGHT - 2 * MARGIN);
        drawing.dot(x, y, ink);
        if (before != null) {
          drawing.line(before[0], before[1], x, y, ink);
        }
        before = new double[] {x, y};
      }
      drawing.box(MARGIN + 150 * colour, 14, 10, 10, ink);
      drawing.text(MARGIN + 150 * colour + 14, 23, each.getKey());
      colour++;
    }
    drawing.text(WIDTH / 2.0 - 60, HEIGHT - 12, acrossName);
    drawing.text(4, MARGIN - 14, upName);
    return drawing.svg();
  }

  private double[] range(int axis) {
    double low = 0;
    double high = 1e-9;
    for (List<double[]> points : series.values()) {
      for (double[] point : points) {
        low = Math.min(low, point[axis]);
        high = Math.max(high, point[axis]);
      }
    }
    return new double[] {low, high};
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
