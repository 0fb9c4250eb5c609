package dev.steerage.experiments.text;

import dev.steerage.schemas.json.BadJson;
import dev.steerage.schemas.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/// How many tokens a model was trained on, where its run says so.
final class TokensSeen {
  private static final int MAX_BYTES = 1 << 16;

  private TokensSeen() {}

  /// @param model a run's `model` folder, beside which the run's metrics are
  static OptionalLong of(Path model) {
    Path metrics = model.toAbsolutePath().normalize().resolveSibling("metrics.jsonl");
    if (!Files.isRegularFile(metrics)) {
      return OptionalLong.empty();
    }
    try {
      List<String> lines = Files.readAllLines(metrics);
      byte[] last = lines.getLast().getBytes(StandardCharsets.UTF_8);
      return OptionalLong.of(Json.parse(last, MAX_BYTES).path("tokens").asLong());
    } catch (IOException | BadJson e) {
      return OptionalLong.empty();
    }
  }
}
