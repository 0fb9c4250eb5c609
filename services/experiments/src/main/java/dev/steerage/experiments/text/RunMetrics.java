package dev.steerage.experiments.text;

import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What the run of a model reported: its `metrics.jsonl`, in the model's folder or, while nobody
/// has shipped it, beside that.
final class RunMetrics {
  private static final String FILE = "metrics.jsonl";
  private static final int MAX_BYTES = 1 << 16;

  private RunMetrics() {}

  /// One report after the other; none where there is no such file or it cannot be read.
  static List<JsonNode> of(Path model) {
    Path whole = model.toAbsolutePath().normalize();
    Path own = whole.resolve(FILE);
    Path metrics = Files.isRegularFile(own) ? own : whole.resolveSibling(FILE);
    List<JsonNode> reports = new ArrayList<>();
    if (!Files.isRegularFile(metrics)) {
      return reports;
    }
    try {
      for (String line : Files.readAllLines(metrics)) {
        reports.add(Json.parse(line.getBytes(StandardCharsets.UTF_8), MAX_BYTES));
      }
      return reports;
    } catch (IOException | BadJson e) {
      return List.of();
    }
  }
}
