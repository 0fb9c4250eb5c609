package dev.steerage.trainer.run;

import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import dev.steerage.trainer.TrainerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// How the evaluations of a run compare with the recorded ones of another, step by step.
///
/// @param compared evaluations of the same step that both have
/// @param equal those that agree to the last digit
/// @param difference of the losses at the last of them
/// @param error the larger standard error of those losses; 0 where neither run says one
public record Agreement(int compared, int equal, double difference, double error) {
  private static final String FILE = "metrics.jsonl";
  private static final int MAX_BYTES = 1 << 16;

  /// @param recorded folder with the `metrics.jsonl` of one run, which may be missing
  /// @param again the other run's folder
  public static Agreement of(Path recorded, Path again) {
    Map<Long, JsonNode> before = reports(recorded.resolve(FILE));
    int compared = 0;
    int equal = 0;
    double difference = 0;
    double error = 0;
    for (Map.Entry<Long, JsonNode> now : reports(again.resolve(FILE)).entrySet()) {
      JsonNode then = before.get(now.getKey());
      if (then == null) {
        continue;
      }
      compared++;
      difference = loss(now.getValue()) - loss(then);
      equal += difference == 0 ? 1 : 0;
      error = Math.max(error(now.getValue()), error(then));
    }
    return new Agreement(compared, equal, difference, error);
  }

  /// Whether every evaluation that both runs have is the same number.
  public boolean isExact() {
    return compared > 0 && equal == compared;
  }

  /// Whether the last losses are no further apart than two standard errors.
  public boolean isWithinError() {
    return compared > 0 && Math.abs(difference) <= 2 * error;
  }

  private static Map<Long, JsonNode> reports(Path file) {
    Map<Long, JsonNode> reports = new TreeMap<>();
    if (!Files.exists(file)) {
      return reports;
    }
    try {
      for (String line : Files.readAllLines(file)) {
        JsonNode report = Json.parse(line.getBytes(StandardCharsets.UTF_8), MAX_BYTES);
        reports.put(report.path("steps").asLong(), report);
      }
      return reports;
    } catch (IOException | BadJson e) {
      throw new TrainerException("file=" + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static double loss(JsonNode report) {
    return report.path("valid-loss").asDouble(Double.NaN);
  }

  private static double error(JsonNode report) {
    return report.path("valid-loss-error").asDouble(0);
  }
}
