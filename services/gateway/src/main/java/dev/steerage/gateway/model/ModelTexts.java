package dev.steerage.gateway.model;

import java.util.List;
import java.util.Optional;

/// What is known about a model beyond its card, where its folder is at hand. Thread-safe.
public interface ModelTexts {
  /// Nothing is at hand.
  ModelTexts NONE =
      new ModelTexts() {
        @Override
        public Optional<List<String>> tokens(String model, int bosToken) {
          return Optional.empty();
        }

        @Override
        public Optional<List<Integer>> tokenize(String model, int bosToken, String text) {
          return Optional.empty();
        }

        @Override
        public Optional<byte[]> automaton(String model) {
          return Optional.empty();
        }
      };

  /// The text of every token, by id.
  Optional<List<String>> tokens(String model, int bosToken);

  /// The ids of a text, without the first token of the model.
  ///
  /// @throws IllegalArgumentException if the tokenizer cannot take the text
  Optional<List<Integer>> tokenize(String model, int bosToken, String text);

  /// The file `automaton.json` of the model.
  Optional<byte[]> automaton(String model);
}
