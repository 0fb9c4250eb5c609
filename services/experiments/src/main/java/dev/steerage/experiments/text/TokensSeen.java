package dev.steerage.experiments.text;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/// How many tokens a model was trained on, where its run says so.
final class TokensSeen {
  private TokensSeen() {}

  /// @param model its folder
  static OptionalLong of(Path model) {
    List<JsonNode> reports = RunMetrics.of(model);
    return reports.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(reports.getLast().path("tokens").asLong());
  }
}
