package dev.steerage.domain.steering;

import java.util.Map;
import java.util.Optional;

/// What a rule can match of a request.
///
/// @param promptLength tokens of the prompt
/// @param standingRules false: of the log's rules only the mandatory ones may act
public record RequestFacts(
    String request,
    Optional<String> session,
    Map<String, String> labels,
    String model,
    int promptLength,
    boolean standingRules) {
  public RequestFacts {
    labels = Map.copyOf(labels);
  }

  /// A request that standing rules act on, as on nearly every one.
  public RequestFacts(
      String request,
      Optional<String> session,
      Map<String, String> labels,
      String model,
      int promptLength) {
    this(request, session, labels, model, promptLength, true);
  }

  /// What a share of requests is drawn by: the session, so that all its turns are treated alike.
  String drawnBy() {
    return session.orElse(request);
  }
}
