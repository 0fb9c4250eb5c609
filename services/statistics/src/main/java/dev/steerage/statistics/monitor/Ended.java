package dev.steerage.statistics.monitor;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A request that ended, as monitors see it.
///
/// @param model empty: the worker did not say
/// @param isStopped by a rule or a stop word
/// @param rules that acted on it
/// @param alerts that rules raised
public record Ended(
    String model,
    String request,
    Optional<String> session,
    Map<String, String> labels,
    boolean isStopped,
    Set<String> rules,
    int alerts) {
  public Ended {
    labels = Map.copyOf(labels);
    rules = Set.copyOf(rules);
  }
}
