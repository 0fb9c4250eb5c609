package dev.steerage.index.topics;

/// When a code counts as one of a topic.
///
/// @param share of a document's tokens on which it has to fire (the authors' browser: 0.2)
/// @param lift and how many times its rate in the whole corpus that has to be
/// @param leastTokens shorter documents are left out
/// @param leastDocuments of which it has to fire on that share
/// @param mostDocuments share of documents; what fires all through more of them is no topic
/// @param leastPhi of two codes' documents, to put them into one topic
public record TopicSettings(
    double share,
    double lift,
    int leastTokens,
    int leastDocuments,
    double mostDocuments,
    double leastPhi) {
  /// Most codes that are compared with each other.
  static final int MOST_CODES = 4_000;

  /// Unless told otherwise.
  public static final TopicSettings DEFAULT = new TopicSettings(0.2, 3, 40, 5, 0.1, 0.3);

  public TopicSettings {
    if (!(share > 0 && share <= 1 && mostDocuments > 0 && mostDocuments <= 1)) {
      throw new IllegalArgumentException(
          "share=" + share + ", most-documents=" + mostDocuments + ", expected 0 to 1");
    }
    if (leastTokens < 1 || leastDocuments < 2 || !(lift >= 0)) {
      throw new IllegalArgumentException(
          "least-tokens=%d, least-documents=%d, lift=%s, expected at least 1, 2 and 0"
              .formatted(leastTokens, leastDocuments, lift));
    }
  }
}
