package dev.steerage.trainer.run;

import dev.steerage.schemas.json.Json;
import dev.steerage.trainer.TrainerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// Draws the validation loss of a run over its steps as an SVG; a vertical line where a stage ends.
final class LossPlot {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 360;
  private static final int MARGIN = 56;

  private record Point(String stage, double x, double y) {}

  private LossPlot() {}

  static void write(Path metrics, Path svg) {
    try {
      List<Point> points = new ArrayList<>();
      for (String line : Files.readAllLines(metrics)) {
        JsonNode node = Json.parse(line.getBytes(StandardCharsets.UTF_8), 1 << 16);
        if (node.has("valid-loss")) {
          points.add(
              new Point(
                  node.path("stage").asString(""),
                  node.path("steps").asDouble(),
                  node.path("valid-loss").asDouble()));
        }
      }
      Files.writeString(svg, draw(points));
    } catch (IOException e) {
      throw new TrainerException("file=" + svg + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static String draw(List<Point> points) {
    double right = points.stream().mapToDouble(Point::x).max().orElse(1);
    double top = points.stream().mapToDouble(Point::y).max().orElse(1);
    double low = points.stream().mapToDouble(Point::y).min().orElse(0);
    double range = top > low ? top - low : 1;
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
        <rect width="100%%" height="100%%" fill="white"/>
        """
            .formatted(WIDTH, HEIGHT));
    for (int i = 0; i <= 4; i++) {
      double value = low + range * i / 4;
      double y = y(value, low, range);
      line(svg, MARGIN, y, WIDTH - MARGIN, y, "#ddd");
      text(svg, 4, y + 4, String.format(Locale.ROOT, "%.4f", value));
      double step = right * i / 4;
      text(
          svg,
          x(step, right) - 12,
          HEIGHT - MARGIN / 2.0,
          String.format(Locale.ROOT, "%.0f", step));
    }
    StringBuilder path = new StringBuilder();
    String stage = "";
    for (Point point : points) {
      if (!point.stage.equals(stage)) {
        double at = x(point.x, right);
        line(svg, at, MARGIN / 2.0, at, HEIGHT - MARGIN, "#bbb");
        text(svg, at + 4, MARGIN / 2.0 + 10, point.stage);
        stage = point.stage;
      }
      path.append(path.isEmpty() ? "M" : "L")
          .append(
              String.format(Locale.ROOT, "%.1f %.1f ", x(point.x, right), y(point.y, low, range)));
    }
    svg.append("<path d=\"")
        .append(path)
        .append("\" fill=\"none\" stroke=\"#06c\" stroke-width=\"2\"/>\n");
    text(svg, WIDTH / 2.0 - 80, HEIGHT - 8, "step; validation loss in nats per token");
    return svg.append("</svg>\n").toString();
  }

  private static double x(double step, double right) {
    return MARGIN + step / right * (WIDTH - 2 * MARGIN);
  }

  private static double y(double value, double low, double range) {
    return HEIGHT - MARGIN - (value - low) / range * (HEIGHT - 2 * MARGIN);
  }

  private static void line(
      StringBuilder svg, double x1, double y1, double x2, double y2, String colour) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n",
            x1,
            y1,
            x2,
            y2,
            colour));
  }

  private static void text(StringBuilder svg, double x, double y, String words) {
    String safe = words.replace("&", "&amp;").replace("<", "&lt;");
    svg.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\">%s</text>%n", x, y, safe));
  }
}
