package dev.steerage.experiments.text;

import dev.steerage.trainer.run.RunMetrics;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Where the run of a model had its lowest loss on validation data, within its last stage.
///
/// @param step of the run, all stages counted
/// @param lastStep at which the run ended
record BestLoss(double loss, long step, double lastLoss, long lastStep) {

  /// Where the run left its metrics with the model.
  static Optional<BestLoss> of(Path model) {
    List<JsonNode> reports = RunMetrics.of(model);
    if (reports.isEmpty()) {
      return Optional.empty();
    }
    JsonNode last = reports.getLast();
    JsonNode best = last;
    for (JsonNode report : reports) {
      boolean isOfLastStage = report.path("stage").equals(last.path("stage"));
      if (isOfLastStage && loss(report) < loss(best)) {
        best = report;
      }
    }
    return Optional.of(new BestLoss(loss(best), steps(best), loss(last), steps(last)));
  }

  private static double loss(JsonNode report) {
    return report.path("valid-loss").asDouble(Double.NaN);
  }

  private static long steps(JsonNode report) {
    return report.path("steps").asLong();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%.4f at step %d; %.4f at the last, %d", loss, step, lastLoss, lastStep);
  }
}
