package dev.steerage.schemas.message;

/// Names of the headers of a dead letter; key and value are the record's own, untouched.
public final class DeadLetter {
  /// Why: a [Refusal] in kebab case.
  public static final String REASON = "steerage-reason";

  /// A sentence for people.
  public static final String DETAIL = "steerage-detail";

  public static final String SOURCE_TOPIC = "steerage-source-topic";
  public static final String SOURCE_PARTITION = "steerage-source-partition";
  public static final String SOURCE_OFFSET = "steerage-source-offset";

  /// How often it was tried, from 1.
  public static final String ATTEMPT = "steerage-attempt";

  private DeadLetter() {}
}
