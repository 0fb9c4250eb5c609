package dev.steerage.domain.steering;

import java.util.Map;
import java.util.Optional;

/// What a rule can match of a request.
///
/// @param promptLength tokens of the prompt
public record RequestFacts(
    String request,
    Optional<String> session,
    Map<String, String> labels,
    String model,
    int promptLength) {
  public RequestFacts {
    labels = Map.copyOf(labels);
  }

  /// What a share of requests is drawn by: the session, so that all its turns are treated alike.
  String drawnBy() {
    return session.orElse(request);
  }
}
