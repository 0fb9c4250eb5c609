package dev.steerage.domain.rule;

import java.util.Map;
import java.util.Optional;

/// Which requests a rule acts on; everything that is given must hold.
///
/// @param request one request id
/// @param session one session id
/// @param labels label values that the prompt must carry
/// @param percent share of sessions (or of requests without a session), 0 to 100 in steps of 0.01:
///   hash(rule id, session or request) mod 10,000, so that raising it keeps earlier members
/// @param mandatory also requests that ask to run without standing rules
public record Match(
    Optional<String> request,
    Optional<String> session,
    Map<String, String> labels,
    double percent,
    boolean mandatory) {
  /// Matches every request.
  public static final Match ALL = new Match(Optional.empty(), Optional.empty(), Map.of(), 100);

  public Match {
    labels = Map.copyOf(labels);
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent=" + percent + ", expected 0 to 100");
    }
  }

  /// Not mandatory.
  public Match(
      Optional<String> request,
      Optional<String> session,
      Map<String, String> labels,
      double percent) {
    this(request, session, labels, percent, false);
  }
}
