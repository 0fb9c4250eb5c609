package dev.steerage.cli.experiment;

/// The numbers of `infra/models/reports/steer-state-protocol.md`.
///
/// @param pairs of source and target
/// @param seed of every random choice
public record SteerStateProtocol(int pairs, long seed) {
  static final int PAIRS = 500;
  static final long SEED = 20_261_121L;
  static final int WALKS = 120;
  static final int WALK_STATES = 60;
  static final int CONTEXT_STATES = 10;
  static final double MLP_THRESHOLD = 0.70;
  static final double ALL_THRESHOLD = 0.85;

  /// The protocol as it is written.
  public static final SteerStateProtocol PUBLISHED = new SteerStateProtocol(PAIRS, SEED);

  public SteerStateProtocol {
    if (pairs < 2) {
      throw new IllegalArgumentException("pairs=" + pairs + ", expected >= 2");
    }
  }

  /// Whether this is the published protocol.
  boolean isPublished() {
    return equals(PUBLISHED);
  }
}
