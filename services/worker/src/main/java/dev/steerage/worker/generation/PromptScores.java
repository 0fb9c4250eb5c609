package dev.steerage.worker.generation;

import dev.steerage.schemas.message.Completion;
import dev.steerage.transformer.tokenizer.StreamingDetokenizer;
import dev.steerage.transformer.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// How probable the tokens of one prompt were, gathered until token 0 is chosen.
final class PromptScores {
  private final StreamingDetokenizer text;
  private final int first;
  private List<Completion.PromptToken> tokens = List.of();

  /// @param first token of the prompt; it follows nothing
  PromptScores(Tokenizer tokenizer, int first) {
    this.text = new StreamingDetokenizer(tokenizer);
    this.first = first;
  }

  /// The next token of the prompt, from the second one on.
  void add(int token, double logprob, List<Completion.Alternative> top) {
    begin();
    tokens.add(
        new Completion.PromptToken(token, text.next(token), OptionalDouble.of(logprob), top));
  }

  private void begin() {
    if (tokens.isEmpty()) {
      tokens = new ArrayList<>();
      tokens.add(
          new Completion.PromptToken(first, text.next(first), OptionalDouble.empty(), List.of()));
    }
  }

  /// All of them; they are not kept.
  List<Completion.PromptToken> take() {
    begin();
    List<Completion.PromptToken> all = tokens;
    tokens = List.of();
    return all;
  }
}
