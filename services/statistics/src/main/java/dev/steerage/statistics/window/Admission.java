package dev.steerage.statistics.window;

/// What became of a record.
public enum Admission {
  COUNTED,
  /// Its smallest window is closed; broker time makes that impossible unless the clock was set
  /// back.
  LATE,
  /// A codebook, a count or the state would be larger than the limit.
  OVER_LIMIT,
  /// The key names another tenant, model or block than the record.
  WRONG_KEY
}
