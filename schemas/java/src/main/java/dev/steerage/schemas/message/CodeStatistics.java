package dev.steerage.schemas.message;

import java.util.List;

/// Counts of one site in one window: the value of `steerage.<tenant>.code-statistics`.
///
/// @param site site name
/// @param windowMs length of the window
/// @param windowStartMs its start, epoch milliseconds of broker time
/// @param complete false: the window is still open and a newer record follows
/// @param positions token positions counted
/// @param activations natural code activations counted: positions x k
/// @param steeredActivations slots whose effective code was not the natural one
/// @param codes size of the codebook (C)
/// @param distinct codes with at least one activation
/// @param entropyNats entropy of the distribution of activations over codes
/// @param deadShare share of codes without an activation in the window
/// @param drift Jensen-Shannon divergence in nats from the window before; NaN-free: 0 without one
/// @param top the most active codes, most first, lowest id first among equals
public record CodeStatistics(
    String model,
    String site,
    long windowMs,
    long windowStartMs,
    boolean complete,
    long positions,
    long activations,
    long steeredActivations,
    int codes,
    int distinct,
    double entropyNats,
    double deadShare,
    double drift,
    List<CodeCount> top) {
  public CodeStatistics {
    top = List.copyOf(top);
  }

  /// Activations of one code.
  public record CodeCount(int code, long count) {}
}
