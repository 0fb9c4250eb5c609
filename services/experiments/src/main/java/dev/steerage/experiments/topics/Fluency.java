package dev.steerage.experiments.topics;

import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.evaluation.NextTokenScore;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.Steering;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/// How fluent a story is: its loss under a dense model, the share of different pairs of tokens, the
/// longest run of tokens that comes twice.
record Fluency(double loss, double distinct, int repeat) {

  /// Judges stories. For one thread.
  static final class Judge implements AutoCloseable {
    private final CodebookTransformer dense;
    private final ForwardPass pass;
    private final int longest;

    /// @param longest most tokens of prompt and story
    Judge(CodebookTransformer dense, int longest) {
      this.dense = dense;
      this.longest = Math.min(longest, dense.config().maxPositions());
      int pages = this.longest / ForwardPass.pageSize() + 1;
      int[] table = IntStream.range(0, pages).toArray();
      pass =
          new ForwardPass(dense.weights(), dense.team(), this.longest, this.longest, pages, table);
    }

    Fluency judge(int[] prompt, int[] story) {
      pass.clear();
      int end = Math.min(longest, prompt.length + story.length - 1);
      for (int i = 0; i < end; i++) {
        int token = i < prompt.length ? prompt[i] : story[i - prompt.length];
        pass.add(token, i, 0, Steering.NONE, i >= prompt.length - 1);
      }
      pass.run();
      NextTokenScore score = new NextTokenScore(dense.weights().backend().logprob());
      for (int i = prompt.length - 1; i < end; i++) {
        score.add(
            pass.logits(),
            pass.logitsAt(i),
            dense.config().vocabulary(),
            story[i - prompt.length + 1]);
      }
      return new Fluency(score.loss(), distinct(story), repeat(story));
    }

    @Override
    public void close() {
      pass.close();
    }
  }

  static double distinct(int[] story) {
    Set<Long> pairs = new HashSet<>();
    for (int i = 1; i < story.length; i++) {
      pairs.add((long) story[i - 1] << Integer.SIZE | story[i]);
    }
    return story.length < 2 ? 1 : (double) pairs.size() / (story.length - 1);
  }

  static int repeat(int[] story) {
    int longest = 0;
    int[] before = new int[story.length + 1];
    for (int i = 0; i < story.length; i++) {
      int[] now = new int[story.length + 1];
      for (int j = i + 1; j < story.length; j++) {
        now[j + 1] = story[i] == story[j] ? before[j] + 1 : 0;
        longest = Math.max(longest, now[j + 1]);
      }
      before = now;
    }
    return longest;
  }
}
