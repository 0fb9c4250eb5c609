package dev.steerage.schemas.index;

import dev.steerage.domain.codebook.Code;
import java.time.Instant;
import java.util.List;

/// What a corpus says about a code.
///
/// @param documents documents of the corpus
/// @param positions their tokens
/// @param firings of the code
/// @param firingDocuments documents in which it fired
/// @param positionInformation nats that the position says about the firing
/// @param topicEntropy bits: spread of its firings over the corpus' sources
/// @param contexts a sample of its firings, the same each time
/// @param firedOn most frequent first
/// @param lens tokens that its vector raises, strongest first, then those that it lowers
/// @param related nearest vectors of its site, then codes that fire with it
/// @param labels newest first
public record AboutCode(
    String model,
    String corpus,
    long documents,
    long positions,
    long firings,
    long firingDocuments,
    Type type,
    double positionInformation,
    double topicEntropy,
    int sources,
    List<Context> contexts,
    List<FiredOn> firedOn,
    List<LensToken> lens,
    List<Related> related,
    List<CodeLabels.Label> labels) {
  public AboutCode {
    contexts = List.copyOf(contexts);
    firedOn = List.copyOf(firedOn);
    lens = List.copyOf(lens);
    related = List.copyOf(related);
    labels = List.copyOf(labels);
  }

  /// Kinds of codes, by the thresholds in the documentation of the index.
  public enum Type {
    /// Never fired.
    DEAD,
    /// Fires on up to 5 tokens, on nearly all of their occurrences.
    TOKEN,
    /// Fires on up to 5 pairs of tokens, on nearly all of their occurrences.
    NGRAM,
    /// The position says when it fires.
    POSITIONAL,
    OTHER
  }

  /// A firing with its text.
  ///
  /// @param slot 0: the most similar code there
  public record Context(
      long document, int position, int slot, String before, String token, String after) {}

  /// A token that the code fired on.
  ///
  /// @param occurrences of the token in the corpus
  public record FiredOn(int token, String text, long firings, long occurrences) {}

  /// A token that the code's vector raises or lowers through the output head.
  ///
  /// @param logit change of its logit; above 0: raised
  public record LensToken(int token, String text, double logit) {}

  /// A code near this one.
  ///
  /// @param cosine of the two vectors; NaN: of different sites
  /// @param phi coefficient of firing together; NaN: not measured
  /// @param together positions on which both fired
  public record Related(Code code, double cosine, double phi, long together, String label) {}

  /// Firings per token of the corpus.
  public double rate() {
    return positions == 0 ? 0 : (double) firings / positions;
  }

  /// The time of a computed label.
  public static final Instant COMPUTED = Instant.EPOCH;
}
