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
/// @param isEnd false: it ended before, and only what follows is new
/// @param pair of its natural codes, those that its unsteered twin did not have
/// @param loss of its tokens under the unsteered model, in millionths of a nat
public record Ended(
    String model,
    String request,
    Optional<String> session,
    Map<String, String> labels,
    boolean isStopped,
    Set<String> rules,
    int alerts,
    boolean isEnd,
    Optional<Part> pair,
    Optional<Part> loss) {
  public Ended {
    labels = Map.copyOf(labels);
    rules = Set.copyOf(rules);
  }

  /// So much of so many.
  public record Part(long part, long whole) {}
}
