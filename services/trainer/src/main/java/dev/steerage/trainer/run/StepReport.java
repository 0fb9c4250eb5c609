package dev.steerage.trainer.run;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What is said about a run at one step: to the screen, the run's log, and Kafka.
///
/// @param values named numbers, in the order in which they are shown
public record StepReport(String run, String stage, Position position, Map<String, Double> values) {
  public StepReport {
    values = new LinkedHashMap<>(values);
  }

  /// One JSON object.
  public String json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("run", run);
    node.put("stage", stage);
    node.put("step", position.step());
    node.put("steps", position.steps());
    node.put("tokens", position.tokens());
    values.forEach(node::put);
    return node.toString();
  }
}
