package dev.steerage.local.corpus;

import java.util.LinkedHashMap;
import java.util.Map;

/// The concepts of `infra/models/reports/concepts-protocol.md`, in its order.
final class TextConcepts {
  private TextConcepts() {}

  /// Pattern by name; the start of group 1 marks the token.
  static Map<String, String> patterns() {
    Map<String, String> patterns = new LinkedHashMap<>();
    words(patterns, "names", "Lily|Tom|Tim|Timmy|Ben|Sam|Max|Mia|Anna|Sara|Lucy|Jack");
    words(patterns, "she", "she|her|hers");
    words(patterns, "he", "he|him|his");
    words(patterns, "saying", "said|asked|replied|shouted|whispered|yelled");
    words(patterns, "mother", "mom|mommy|mum|mother|mama");
    words(patterns, "father", "dad|daddy|father|papa");
    words(patterns, "dog", "dog|dogs|puppy");
    words(patterns, "cat", "cat|cats|kitten");
    words(patterns, "bird", "bird|birds|duck|owl");
    words(patterns, "dragon", "dragon|dragons");
    words(patterns, "tree", "tree|trees|forest|woods");
    words(patterns, "water", "water|river|lake|sea|ocean|pond|rain");
    words(patterns, "food", "cake|cookie|cookies|apple|apples|bread|candy|soup|pizza|fruit");
    words(patterns, "colours", "red|blue|green|yellow|pink|purple|orange|white|black|brown");
    words(patterns, "joy", "happy|glad|joy|smiled|laughed|excited");
    words(patterns, "negative emotion", "sad|cried|angry|scared|afraid|upset|mad");
    patterns.put("opening quote", "(?i)(?:^|\\s)(\")\\w");
    patterns.put("end of a sentence", "(?i)\\w(\\.)");
    patterns.put("once upon", "(?i)\\b(once) upon a time");
    words(patterns, "time of day", "day|morning|night|evening|afternoon");
    return patterns;
  }

  private static void words(Map<String, String> patterns, String name, String words) {
    patterns.put(name, "(?i)\\b(" + words + ")\\b");
  }
}
