package dev.steerage.cli.experiment;

/// What was steered, and with which codes.
public enum Condition {
  UNSTEERED("nothing steered", false),
  TARGET_MLP("target's codes, both steps", true),
  TARGET_ALL("target's codes, both steps", false),
  ONE_STEP_MLP("target's codes, last digit only", true),
  ONE_STEP_ALL("target's codes, last digit only", false),
  RANDOM_MLP("random codes, both steps", true),
  RANDOM_ALL("random codes, both steps", false),
  OTHER_MLP("another state's codes, both steps", true),
  OTHER_ALL("another state's codes, both steps", false);

  private final String label;
  private final boolean mlpOnly;

  Condition(String label, boolean mlpOnly) {
    this.label = label;
    this.mlpOnly = mlpOnly;
  }

  String label() {
    return label;
  }

  /// Whether the attention sites run free.
  boolean isMlpOnly() {
    return mlpOnly;
  }

  String sites() {
    return this == UNSTEERED ? "none" : mlpOnly ? "all MLP" : "all";
  }
}
