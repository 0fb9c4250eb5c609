package dev.steerage.experiments.topics;

import dev.steerage.ops.Floats;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Writes many stories at once under one way of steering, in force at every position of the prompt
/// and at the first tokens of the story. What is drawn depends on a story's own seed only. For one
/// thread.
final class StoryWriter implements AutoCloseable {
  private static final int AT_ONCE = 64;
  private static final int ROWS = 256;

  private final CodebookTransformer model;
  private final int tokens;
  private final double temperature;
  private final int pagesEach;
  private final ForwardPass pass;
  private final double[] weights;

  /// @param tokens most that are written per story
  StoryWriter(CodebookTransformer model, int longestPrompt, int tokens, double temperature) {
    this.model = model;
    this.tokens = tokens;
    this.temperature = temperature;
    pagesEach = (longestPrompt + tokens) / ForwardPass.pageSize() + 1;
    int pages = AT_ONCE * pagesEach;
    int[] table = IntStream.range(0, pages).toArray();
    pass = new ForwardPass(model.weights(), model.team(), ROWS, AT_ONCE, pages, table);
    weights = new double[model.config().vocabulary()];
  }

  /// One story to write.
  record Beginning(int[] prompt, long seed) {}

  /// Writes.
  ///
  /// @param plan in force while prompts are read
  /// @param steered tokens of the story that are chosen under it, too
  /// @return the tokens written, end of text included
  List<int[]> write(List<Beginning> beginnings, Steerer.Plan plan, int steered) {
    List<int[]> all = new ArrayList<>();
    for (int from = 0; from < beginnings.size(); from += AT_ONCE) {
      int to = Math.min(beginnings.size(), from + AT_ONCE);
      all.addAll(some(beginnings.subList(from, to), plan, steered));
    }
    return all;
  }

  private List<int[]> some(List<Beginning> beginnings, Steerer.Plan plan, int steered) {
    int count = beginnings.size();
    int[][] written = new int[count][tokens];
    int[] lengths = new int[count];
    SplittableRandom[] draws = new SplittableRandom[count];
    for (int i = 0; i < count; i++) {
      draws[i] = new SplittableRandom(beginnings.get(i).seed());
    }
    pass.observe(plan.edit());
    read(beginnings, plan.steering());
    List<Integer> open = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    OptionalInt end = model.tokenizer().bos();
    for (int step = 0; step < tokens && !open.isEmpty(); step++) {
      Steerer.Plan now = step < steered ? plan : Steerer.Plan.NOTHING;
      pass.observe(now.edit());
      pass.clear();
      for (int i : open) {
        int[] prompt = beginnings.get(i).prompt();
        int position = prompt.length - 1 + step;
        int token = step == 0 ? prompt[prompt.length - 1] : written[i][step - 1];
        pass.add(token, position, i * pagesEach, now.steering(), true);
      }
      pass.run();
      List<Integer> still = new ArrayList<>();
      for (int row = 0; row < open.size(); row++) {
        int i = open.get(row);
        int token = draw(row, draws[i].nextDouble());
        written[i][step] = token;
        lengths[i] = step + 1;
        if (end.isEmpty() || token != end.getAsInt()) {
          still.add(i);
        }
      }
      open = still;
    }
    List<int[]> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(Arrays.copyOf(written[i], lengths[i]));
    }
    return all;
  }

  /// Reads all prompts but their last tokens.
  private void read(List<Beginning> beginnings, Steering steering) {
    pass.clear();
    for (int i = 0; i < beginnings.size(); i++) {
      int[] prompt = beginnings.get(i).prompt();
      if (pass.rows() + prompt.length > ROWS) {
        pass.run();
        pass.clear();
      }
      for (int position = 0; position + 1 < prompt.length; position++) {
        pass.add(prompt[position], position, i * pagesEach, steering, false);
      }
    }
    if (pass.rows() > 0) {
      pass.run();
    }
  }

  private int draw(int row, double uniform) {
    MemorySegment logits = pass.logits();
    long at = pass.logitsAt(row);
    double most = Double.NEGATIVE_INFINITY;
    for (int id = 0; id < weights.length; id++) {
      weights[id] = Floats.get(logits, at + id) / temperature;
      most = Math.max(most, weights[id]);
    }
    double sum = 0;
    for (int id = 0; id < weights.length; id++) {
      weights[id] = Math.exp(weights[id] - most);
      sum += weights[id];
    }
    double left = uniform * sum;
    for (int id = 0; id < weights.length; id++) {
      left -= weights[id];
      if (left < 0) {
        return id;
      }
    }
    return weights.length - 1;
  }

  @Override
  public void close() {
    pass.close();
  }
}
