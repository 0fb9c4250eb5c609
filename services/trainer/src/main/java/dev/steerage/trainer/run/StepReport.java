package dev.steerage.trainer.run;

import java.util.LinkedHashMap;
import java.util.Map;

/// What is said about a run at one step: to the screen, the run's log, and Kafka.
///
/// @param values named numbers, in the order in which they are shown
public record StepReport(String run, String stage, Position position, Map<String, Double> values) {
  public StepReport {
    values = new LinkedHashMap<>(values);
  }
}
