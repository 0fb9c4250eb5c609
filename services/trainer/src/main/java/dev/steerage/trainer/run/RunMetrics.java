package dev.steerage.trainer.run;

import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/// What the run of a model reported in its `metrics.jsonl`.
public final class RunMetrics {
  private static final String FILE = "metrics.jsonl";
  private static final int MAX_BYTES = 1 << 16;

  private RunMetrics() {}

  /// One report after the other, until the model was left: from the model's folder or, while nobody
  /// has shipped it, from the run's. None where there is no such file or it cannot be read.
  public static List<JsonNode> of(Path model) {
    Path folder = model.toAbsolutePath().normalize();
    Path run = folder.getParent();
    if (Files.isRegularFile(folder.resolve(FILE))) {
      return read(folder.resolve(FILE));
    }
    if (run == null || !run.endsWith(Results.STAGES)) {
      return read(folder.resolveSibling(FILE));
    }
    String stage = Results.stage(folder);
    List<JsonNode> reports = read(run.resolveSibling(FILE));
    int end = reports.size();
    while (end > 0 && !reports.get(end - 1).path("stage").asString("").equals(stage)) {
      end--;
    }
    return reports.subList(0, end);
  }

  /// How many tokens a model was trained on, in the runs before its own too, where its run says so.
  public static OptionalLong tokensSeen(Path model) {
    List<JsonNode> reports = of(model);
    return reports.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(reports.getLast().path("tokens").asLong());
  }

  private static List<JsonNode> read(Path file) {
    List<JsonNode> reports = new ArrayList<>();
    if (!Files.isRegularFile(file)) {
      return reports;
    }
    try {
      for (String line : Files.readAllLines(file)) {
        reports.add(Json.parse(line.getBytes(StandardCharsets.UTF_8), MAX_BYTES));
      }
      return reports;
    } catch (IOException | BadJson e) {
      return List.of();
    }
  }
}
