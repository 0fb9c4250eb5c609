package dev.steerage.experiments.topics;

import dev.steerage.ops.Floats;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.forward.ForwardObserver;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// What the codebooks of a model did on one story.
final class StoryReading {
  private final int positions;
  private final int[][] fired; // [site][position and slot]
  private final double[][] output; // [site]: sum over positions
  private final List<List<float[]>> inputs; // [site], position

  private StoryReading(
      int positions, int[][] fired, double[][] output, List<List<float[]>> inputs) {
    this.positions = positions;
    this.fired = fired;
    this.output = output;
    this.inputs = inputs;
  }

  /// The same story with other firings.
  StoryReading withFired(int[][] others) {
    return new StoryReading(positions, others, output, inputs);
  }

  /// What a codebook was given, layer-normalised, by position.
  List<float[]> inputs(int site) {
    return inputs.get(site);
  }

  int positions() {
    return positions;
  }

  int[] fired(int site) {
    return fired[site];
  }

  double[] output(int site) {
    return output[site];
  }

  /// Reads stories one after the other. For one thread.
  static final class Reader implements AutoCloseable {
    private final List<CodebookSite> sites;
    private final int longest;
    private final ForwardPass pass;
    private final double[][][] outputs; // [site][row]: every cell belongs to one thread
    private final float[][][] normed;

    Reader(CodebookTransformer model, int longest) {
      this.sites = model.sites();
      this.longest = longest;
      int pages = longest / ForwardPass.pageSize() + 1;
      int[] table = IntStream.range(0, pages).toArray();
      pass = new ForwardPass(model.weights(), model.team(), longest, 1, pages, table);
      outputs = new double[sites.size()][longest][];
      normed = new float[sites.size()][longest][];
      pass.observe(
          new ForwardObserver() {
            @Override
            public void snapped(
                int site,
                int row,
                int rows,
                MemorySegment u,
                MemorySegment out,
                long outAt,
                int outStride) {
              int width = sites.get(site).width();
              for (int r = 0; r < rows; r++) {
                double[] values = new double[width];
                float[] input = new float[width];
                for (int i = 0; i < width; i++) {
                  input[i] = Floats.get(u, (long) r * width + i);
                  values[i] = Floats.get(out, outAt + (long) r * outStride + i);
                }
                outputs[site][row + r] = values;
                normed[site][row + r] = input;
              }
            }
          });
    }

    /// Reads the beginning of a story.
    StoryReading read(int[] tokens) {
      int count = Math.min(longest, tokens.length);
      pass.clear();
      for (int i = 0; i < count; i++) {
        pass.add(tokens[i], i, 0, Steering.NONE, false);
      }
      pass.run();
      int[][] fired = new int[sites.size()][];
      double[][] sums = new double[sites.size()][];
      for (CodebookSite site : sites) {
        int s = site.index();
        int k = site.activeCodes();
        fired[s] = new int[count * k];
        sums[s] = new double[site.width()];
        for (int row = 0; row < count; row++) {
          for (int slot = 0; slot < k; slot++) {
            fired[s][row * k + slot] = pass.natural(row, s, slot);
          }
          for (int i = 0; i < site.width(); i++) {
            sums[s][i] += outputs[s][row][i];
          }
        }
      }
      List<List<float[]>> inputs = new ArrayList<>();
      for (CodebookSite site : sites) {
        inputs.add(List.of(Arrays.copyOf(normed[site.index()], count)));
      }
      return new StoryReading(count, fired, sums, inputs);
    }

    @Override
    public void close() {
      pass.close();
    }
  }
}
