package dev.steerage.experiments.codes;

import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.generation.BatchLimits;
import dev.steerage.transformer.generation.CodeView;
import dev.steerage.transformer.generation.ContinuousBatch;
import dev.steerage.transformer.generation.FinishReason;
import dev.steerage.transformer.generation.GenerationListener;
import dev.steerage.transformer.generation.GenerationRequest;
import dev.steerage.transformer.generation.Sampling;
import dev.steerage.transformer.generation.SteeringSource;
import dev.steerage.transformer.generation.TopLogprobs;
import java.util.ArrayList;
import java.util.List;

/// Texts that a model writes by itself, from begin-of-text on at temperature 1: contexts that need
/// no text of anybody's.
public final class Samples {
  private static final int AT_ONCE = 16;

  private Samples() {}

  /// @param seed of the first text; each has that after it
  /// @param length tokens of each text, begin-of-text included
  public static List<int[]> write(CodebookTransformer model, int count, int length, long seed) {
    int[] prompt = {model.tokenizer().bos().orElse(0)};
    List<Text> texts = new ArrayList<>();
    int kv = AT_ONCE * (length + 16);
    try (ContinuousBatch batch =
        new ContinuousBatch(model, new BatchLimits(AT_ONCE, AT_ONCE, kv, 16))) {
      while (texts.size() < count || batch.active() > 0) {
        if (texts.size() < count && batch.active() < AT_ONCE) {
          Text text = new Text(prompt, length);
          GenerationRequest request =
              new GenerationRequest(
                  "t" + texts.size(),
                  prompt,
                  new int[0],
                  Sampling.temperature(1, seed + texts.size()),
                  length - 1,
                  0,
                  List.of(),
                  true);
          if (batch.offer(request, SteeringSource.none(), text)) {
            texts.add(text);
            continue;
          }
        }
        batch.step();
      }
    }
    return texts.stream().map(text -> text.tokens).toList();
  }

  private static final class Text implements GenerationListener {
    private final int[] tokens;

    private Text(int[] prompt, int length) {
      tokens = new int[length];
      tokens[0] = prompt[0];
    }

    @Override
    public void onForward(int position, CodeView natural, CodeView effective) {
      // Only the tokens are wanted.
    }

    @Override
    public void onToken(int index, int token, float logprob, TopLogprobs top) {
      tokens[1 + index] = token;
    }

    @Override
    public void onFinished(FinishReason reason) {
      // All texts have the same length.
    }
  }
}
