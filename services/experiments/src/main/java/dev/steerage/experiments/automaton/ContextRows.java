package dev.steerage.experiments.automaton;

import dev.steerage.ops.Floats;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.Steering;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// Contexts of equal length, read once; their last position and one behind it run again and again
/// with other interventions. For one thread.
final class ContextRows implements AutoCloseable {
  private static final int ROWS = 256;

  private final CodebookTransformer model;
  private final List<int[]> contexts;
  private final int pagesEach;
  private final ForwardPass pass;
  private final double[][] distributions;

  ContextRows(CodebookTransformer model, List<int[]> contexts) {
    this.model = model;
    this.contexts = contexts;
    int length = contexts.getFirst().length;
    pagesEach = (length + 1) / ForwardPass.pageSize() + 1;
    int pages = Math.multiplyExact(contexts.size(), pagesEach);
    int[] table = IntStream.range(0, pages).toArray();
    pass = new ForwardPass(model.weights(), model.team(), ROWS, ROWS, pages, table);
    distributions = new double[contexts.size()][];
    for (int i = 0; i < contexts.size(); i++) {
      for (int position = 0; position + 1 < length; position++) {
        if (pass.rows() == ROWS) {
          pass.run();
          pass.clear();
        }
        pass.add(contexts.get(i)[position], position, i * pagesEach, Steering.NONE, false);
      }
    }
    pass.run();
    pass.clear();
  }

  /// Runs the last position of every context.
  void last(IntFunction<Steering> steering) {
    for (int from = 0; from < contexts.size(); from += ROWS) {
      int count = Math.min(ROWS, contexts.size() - from);
      pass.clear();
      for (int i = from; i < from + count; i++) {
        int[] context = contexts.get(i);
        pass.add(
            context[context.length - 1],
            context.length - 1,
            i * pagesEach,
            steering.apply(i),
            true);
      }
      pass.run();
      for (int row = 0; row < count; row++) {
        distributions[from + row] = distribution(row);
      }
    }
  }

  /// The next token's distributions after [#last].
  double[][] distributions() {
    return distributions.clone();
  }

  /// Runs one more token behind some contexts, as they were left by [#last].
  ///
  /// @param which contexts
  /// @return distributions in the order of `which`
  double[][] next(List<Integer> which, int token, IntFunction<Steering> steering) {
    double[][] all = new double[which.size()][];
    for (int from = 0; from < which.size(); from += ROWS) {
      int count = Math.min(ROWS, which.size() - from);
      pass.clear();
      for (int n = from; n < from + count; n++) {
        int i = which.get(n);
        pass.add(token, contexts.get(i).length, i * pagesEach, steering.apply(i), true);
      }
      pass.run();
      for (int row = 0; row < count; row++) {
        all[from + row] = distribution(row);
      }
    }
    return all;
  }

  private double[] distribution(int row) {
    double[] chances = new double[model.config().vocabulary()];
    long at = pass.logitsAt(row);
    double most = Double.NEGATIVE_INFINITY;
    for (int id = 0; id < chances.length; id++) {
      most = Math.max(most, Floats.get(pass.logits(), at + id));
    }
    double sum = 0;
    for (int id = 0; id < chances.length; id++) {
      chances[id] = Math.exp(Floats.get(pass.logits(), at + id) - most);
      sum += chances[id];
    }
    for (int id = 0; id < chances.length; id++) {
      chances[id] /= sum;
    }
    return chances;
  }

  @Override
  public void close() {
    pass.close();
  }
}
