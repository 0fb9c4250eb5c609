package dev.steerage.transformer.forward;

import dev.steerage.ops.Floats;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// One sequence through a forward pass of its own.
public final class SingleSequence implements AutoCloseable {
  private final float[][] hidden;
  private final CodebookTransformer model;
  private final ForwardPass pass;
  private final int[][] natural;
  private final int[][] effective;
  private final float[] logits;
  private int done;

  public SingleSequence(CodebookTransformer model, int positions) {
    this.model = model;
    int pages = positions / ForwardPass.pageSize() + 1;
    pass =
        new ForwardPass(
            model.weights(),
            model.team(),
            positions,
            positions,
            pages,
            IntStream.range(0, pages).toArray());
    hidden = new float[model.config().layers()][];
    pass.observe(
        new ForwardObserver() {
          @Override
          public void afterBlock(int layer, MemorySegment x) {
            hidden[layer] = copy(x, pass.rows() * model.config().width());
          }
        });
    int sites = model.sites().size();
    natural = new int[sites][0];
    effective = new int[sites][0];
    logits = new float[positions * model.config().vocabulary()];
  }

  public void forward(int[] tokens, IntFunction<Steering> steering) {
    pass.clear();
    for (int i = 0; i < tokens.length; i++) {
      pass.add(tokens[i], done + i, 0, steering.apply(done + i), true);
    }
    pass.run();
    int vocabulary = model.config().vocabulary();
    float[] rows = copy(pass.logits(), tokens.length * vocabulary);
    System.arraycopy(rows, 0, logits, done * vocabulary, rows.length);
    for (int s = 0; s < natural.length; s++) {
      for (int r = 0; r < tokens.length; r++) {
        natural[s] = append(natural[s], s, r, false);
        effective[s] = append(effective[s], s, r, true);
      }
    }
    done += tokens.length;
  }

  /// Prompt, then one token at a time; returns prompt and generated tokens.
  public int[] greedy(int[] prompt, int length, Steering steering) {
    int[] all = Arrays.copyOf(prompt, length);
    forward(prompt, position -> steering);
    while (true) {
      int vocabulary = model.config().vocabulary();
      int best = 0;
      for (int id = 1; id < vocabulary; id++) {
        int at = (done - 1) * vocabulary;
        best = logits[at + id] > logits[at + best] ? id : best;
      }
      all[done] = best;
      if (done == length - 1) {
        return all;
      }
      forward(new int[] {best}, position -> steering);
    }
  }

  /// Residual stream after a block, of the last forward.
  public float[] hidden(int layer) {
    return hidden[layer];
  }

  @Override
  public void close() {
    pass.close();
  }

  /// Natural codes at a site, position after position.
  public int[] natural(int site) {
    return natural[site];
  }

  public int[] effective(int site) {
    return effective[site];
  }

  /// Logits of all positions so far.
  public float[] logits() {
    return Arrays.copyOf(logits, done * model.config().vocabulary());
  }

  private int[] append(int[] codes, int site, int row, boolean steered) {
    int slots = steered ? pass.effectiveSlots(row, site) : pass.naturalSlots(site);
    int[] longer = Arrays.copyOf(codes, codes.length + slots);
    for (int i = 0; i < slots; i++) {
      longer[codes.length + i] =
          steered ? pass.effective(row, site, i) : pass.natural(row, site, i);
    }
    return longer;
  }

  private static float[] copy(MemorySegment from, int count) {
    float[] values = new float[count];
    MemorySegment.copy(from, Floats.LAYOUT, 0, values, 0, count);
    return values;
  }
}
