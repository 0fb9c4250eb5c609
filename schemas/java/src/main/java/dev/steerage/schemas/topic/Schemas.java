package dev.steerage.schemas.topic;

import dev.steerage.schemas.json.BadJson;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// The published JSON Schemas of what outsiders write.
final class Schemas {
  static final Function<JsonNode, Optional<BadJson>> PROMPT = _ -> Optional.empty();
  static final Function<JsonNode, Optional<BadJson>> COMMAND = _ -> Optional.empty();
  static final Function<JsonNode, Optional<BadJson>> RULE = _ -> Optional.empty();

  private Schemas() {}
}
