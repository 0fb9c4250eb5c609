package dev.steerage.experiments.topics;

import java.util.List;

/// Stories of the same prompts and seeds under one way of steering.
///
/// @param mentions by story: the topic's words are in it
/// @param hits by story: and it is fluent
/// @param loss mean under the dense model
/// @param fluent share
record Trial(boolean[] mentions, boolean[] hits, double loss, double fluent) {

  static Trial of(Topic topic, List<String> texts, List<Fluency> fluency, Guard guard) {
    boolean[] mentions = new boolean[texts.size()];
    boolean[] hits = new boolean[texts.size()];
    double loss = 0;
    int fluent = 0;
    for (int i = 0; i < mentions.length; i++) {
      boolean isFluent = guard.isFluent(i, fluency.get(i));
      mentions[i] = topic.mentions(texts.get(i)) > 0;
      hits[i] = mentions[i] && isFluent;
      loss += fluency.get(i).loss();
      fluent += isFluent ? 1 : 0;
    }
    return new Trial(mentions, hits, loss / mentions.length, (double) fluent / mentions.length);
  }

  double mentionRate() {
    return rate(mentions);
  }

  double hitRate() {
    return rate(hits);
  }

  private static double rate(boolean[] values) {
    int count = 0;
    for (boolean value : values) {
      count += value ? 1 : 0;
    }
    return (double) count / values.length;
  }
}
