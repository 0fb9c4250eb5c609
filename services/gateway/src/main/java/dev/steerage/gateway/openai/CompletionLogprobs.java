package dev.steerage.gateway.openai;

import dev.steerage.schemas.json.JsonOut;
import dev.steerage.schemas.message.Completion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/// The `logprobs` of `/v1/completions`: lists side by side. The first token of a prompt follows
/// nothing; its entries are `null`.
final class CompletionLogprobs {
  private final List<String> tokens = new ArrayList<>();
  private final List<OptionalDouble> logprobs = new ArrayList<>();
  private final List<List<Completion.Alternative>> top = new ArrayList<>();
  private final List<Integer> offsets = new ArrayList<>();

  private CompletionLogprobs() {}

  /// @param prompt tokens of the prompt that are part of this chunk
  /// @param shown tokens that are; they are the last ones that the choice shows
  static CompletionLogprobs of(
      Choice choice, List<Completion.PromptToken> prompt, List<Choice.Shown> shown) {
    var all = new CompletionLogprobs();
    int offset = 0;
    for (Completion.PromptToken token : prompt) {
      all.add(token.text(), token.logprob(), token.topLogprobs(), offset);
      offset += token.text().length();
    }
    if (prompt.isEmpty()) {
      offset = length(choice.promptTokens());
    }
    int before = choice.shown().size() - shown.size();
    for (Choice.Shown earlier : choice.shown().subList(0, before)) {
      offset += earlier.text().length();
    }
    for (Choice.Shown one : shown) {
      Completion.Token token = one.token();
      all.add(token.text(), OptionalDouble.of(token.logprob()), token.topLogprobs(), offset);
      offset += one.text().length();
    }
    return all;
  }

  private static int length(List<Completion.PromptToken> prompt) {
    return prompt.stream().mapToInt(token -> token.text().length()).sum();
  }

  private void add(
      String text, OptionalDouble logprob, List<Completion.Alternative> best, int offset) {
    tokens.add(text);
    logprobs.add(logprob);
    top.add(best);
    offsets.add(offset);
  }

  void write(JsonOut out, boolean withTop) {
    out.allTexts("tokens", tokens).allNumbersOrNull("token_logprobs", logprobs);
    if (withTop) {
      out.allObjectsOrNull(
          "top_logprobs", top, best -> !best.isEmpty(), CompletionLogprobs::alternatives);
    } else {
      out.nil("top_logprobs");
    }
    out.allIntegers("text_offset", offsets);
  }

  /// Two tokens may have the same text; the more probable one stands for both.
  private static void alternatives(JsonOut out, List<Completion.Alternative> best) {
    Set<String> seen = new HashSet<>();
    for (Completion.Alternative one : best) {
      if (seen.add(one.text())) {
        out.number(one.text(), one.logprob());
      }
    }
  }
}
