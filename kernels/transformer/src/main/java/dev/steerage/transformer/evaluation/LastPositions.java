package dev.steerage.transformer.evaluation;

import dev.steerage.ops.Floats;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.Steering;
import java.util.List;

/// Inputs whose last position is run again and again, with other interventions each time. What
/// comes before is read once and stays as it was. For one thread.
public final class LastPositions implements AutoCloseable {
  private static final int ROWS = 256;

  private final CodebookTransformer model;
  private final List<int[]> inputs;
  private final int pagesEach;
  private final ForwardPass pass;
  private final double[][] distributions;
  private final int[][] codes;

  /// @param inputs at least one token each
  public LastPositions(CodebookTransformer model, List<int[]> inputs) {
    this.model = model;
    this.inputs = List.copyOf(inputs);
    int longest = inputs.stream().mapToInt(input -> input.length).max().orElse(1);
    pagesEach = longest / ForwardPass.pageSize() + 1;
    int pages = Math.multiplyExact(inputs.size(), pagesEach);
    int[] table = new int[pages];
    for (int page = 0; page < pages; page++) {
      table[page] = page;
    }
    pass = new ForwardPass(model.weights(), model.team(), ROWS, ROWS, pages, table);
    int slots = model.sites().stream().mapToInt(CodebookSite::activeCodes).sum();
    distributions = new double[inputs.size()][model.config().vocabulary()];
    codes = new int[inputs.size()][slots];
    readBeginnings();
  }

  /// Runs the last position of every input with the same interventions.
  public void run(Steering steering) {
    for (int from = 0; from < inputs.size(); from += ROWS) {
      int count = Math.min(ROWS, inputs.size() - from);
      pass.clear();
      for (int i = from; i < from + count; i++) {
        int[] input = inputs.get(i);
        pass.add(input[input.length - 1], input.length - 1, i * pagesEach, steering, true);
      }
      pass.run();
      for (int row = 0; row < count; row++) {
        keep(row, from + row);
      }
    }
  }

  /// The next token's distribution after the last run; changed by the next one.
  public double[] distribution(int input) {
    return distributions[input];
  }

  /// The natural codes of the last run at the input's last position, site after site, slot after
  /// slot; changed by the next one.
  public int[] codes(int input) {
    return codes[input];
  }

  @Override
  public void close() {
    pass.close();
  }

  private void readBeginnings() {
    for (int i = 0; i < inputs.size(); i++) {
      int[] input = inputs.get(i);
      for (int position = 0; position + 1 < input.length; position++) {
        if (pass.rows() == ROWS) {
          pass.run();
          pass.clear();
        }
        pass.add(input[position], position, i * pagesEach, Steering.NONE, false);
      }
    }
    if (pass.rows() > 0) {
      pass.run();
    }
  }

  private void keep(int row, int input) {
    double[] chances = distributions[input];
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
    int next = 0;
    for (int site = 0; site < pass.sites(); site++) {
      for (int slot = 0; slot < pass.naturalSlots(site); slot++) {
        codes[input][next++] = pass.natural(row, site, slot);
      }
    }
  }
}
