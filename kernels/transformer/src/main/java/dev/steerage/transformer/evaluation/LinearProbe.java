package dev.steerage.transformer.evaluation;

import java.util.Arrays;
import java.util.stream.IntStream;

/// Linear detectors of states on the neurons of one layer: ridge regression of "this state ends
/// here" on the activities, one for every state, solved exactly.
final class LinearProbe {
  private static final double RIDGE = 1e-3; // of the mean square of a neuron

  private final int from;
  private final double[][] weights; // [state][neuron of the layer, then 1]

  private LinearProbe(int from, double[][] weights) {
    this.from = from;
    this.weights = weights;
  }

  /// @param from first neuron of the layer
  /// @param count neurons of the layer
  static LinearProbe fit(DetectorText text, int from, int count, int states) {
    int size = count + 1;
    double[][] gram = new double[size][size];
    IntStream.range(0, size)
        .parallel()
        .forEach(
            i -> {
              for (int j = 0; j <= i; j++) {
                gram[i][j] = inner(text, from, count, i, j);
              }
            });
    double mean = 0;
    for (int i = 0; i < count; i++) {
      mean += gram[i][i] / count;
    }
    for (int i = 0; i < count; i++) {
      gram[i][i] += RIDGE * mean + 1e-9;
    }
    factor(gram);
    double[][] weights = new double[states][];
    for (int state = 0; state < states; state++) {
      weights[state] = solve(gram, sums(text, from, count, state));
    }
    return new LinearProbe(from, weights);
  }

  /// Scores of all positions.
  float[] scores(DetectorText text, int state) {
    double[] weight = weights[state];
    int count = weight.length - 1;
    float[] scores = new float[text.positions()];
    Arrays.fill(scores, (float) weight[count]);
    for (int i = 0; i < count; i++) {
      float w = (float) weight[i];
      float[] activity = text.activity(from + i);
      for (int position = 0; position < scores.length; position++) {
        scores[position] += w * activity[position];
      }
    }
    return scores;
  }

  private static double inner(DetectorText text, int from, int count, int i, int j) {
    if (i == count && j == count) {
      return text.positions();
    }
    float[] a = text.activity(from + j);
    double sum = 0;
    if (i == count) {
      for (int position = 0; position < text.positions(); position++) {
        sum += a[position];
      }
      return sum;
    }
    float[] b = text.activity(from + i);
    int position = 0;
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    for (; position + 3 < text.positions(); position += 4) {
      s0 += a[position] * b[position];
      s1 += a[position + 1] * b[position + 1];
      s2 += a[position + 2] * b[position + 2];
      s3 += a[position + 3] * b[position + 3];
    }
    for (; position < text.positions(); position++) {
      sum += a[position] * b[position];
    }
    return sum + s0 + s1 + s2 + s3;
  }

  private static double[] sums(DetectorText text, int from, int count, int state) {
    double[] sums = new double[count + 1];
    for (int position = 0; position < text.positions(); position++) {
      if (text.labelAt(position) == state) {
        for (int i = 0; i < count; i++) {
          sums[i] += text.activity(from + i)[position];
        }
        sums[count]++;
      }
    }
    return sums;
  }

  /// Cholesky's factor in place, lower triangle.
  private static void factor(double[][] a) {
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i][j];
        for (int k = 0; k < j; k++) {
          sum -= a[i][k] * a[j][k];
        }
        a[i][j] = i == j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / a[j][j];
      }
    }
  }

  private static double[] solve(double[][] factor, double[] right) {
    double[] x = right;
    for (int i = 0; i < x.length; i++) {
      for (int k = 0; k < i; k++) {
        x[i] -= factor[i][k] * x[k];
      }
      x[i] /= factor[i][i];
    }
    for (int i = x.length - 1; i >= 0; i--) {
      for (int k = i + 1; k < x.length; k++) {
        x[i] -= factor[k][i] * x[k];
      }
      x[i] /= factor[i][i];
    }
    return x;
  }
}
