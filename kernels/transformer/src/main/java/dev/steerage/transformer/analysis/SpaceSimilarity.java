package dev.steerage.transformer.analysis;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// How alike two sets of vectors are, row by row, whatever their bases.
public final class SpaceSimilarity {
  private static final double VARIANCE = 0.99;
  private static final int MOST_ROWS = 300;

  private SpaceSimilarity() {}

  /// SVCCA (Raghu et al. 2017): the mean canonical correlation of what explains 99 % of the
  /// variance of each. Meaningless with fewer rows than dimensions: it is 1 then, whatever the rows
  /// are; compare with rows that were paired at random.
  ///
  /// @param left row i belongs to row i of `right`
  public static double svcca(double[][] left, double[][] right) {
    return canonical(directions(left), directions(right));
  }

  /// The mean canonical correlation of two spaces given by [#directions]. Rows of directions may be
  /// shuffled: that is the same as shuffling what they were made of.
  static double canonical(double[][] a, double[][] b) {
    if (a[0].length == 0 || b[0].length == 0) {
      return 0;
    }
    boolean isNarrow = a[0].length <= b[0].length;
    double[][] product = isNarrow ? transposedProduct(b, a) : transposedProduct(a, b);
    double[] squares = SymmetricEigen.values(transposedProduct(product, product));
    double sum = 0;
    for (double each : squares) {
      sum += Math.min(1, Math.sqrt(Math.max(0, each)));
    }
    return sum / squares.length;
  }

  /// Orthonormal columns: the left singular vectors of the centred rows that explain most.
  static double[][] directions(double[][] rows) {
    double[][] x = centred(rows);
    var eigen = SymmetricEigen.of(transposedProduct(x, x));
    int[] order =
        IntStream.range(0, eigen.values().length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> eigen.values()[i]).reversed())
            .mapToInt(Integer::intValue)
            .toArray();
    double all = Arrays.stream(eigen.values()).map(value -> Math.max(0, value)).sum();
    int kept = 0;
    double explained = 0;
    while (kept < order.length && explained < VARIANCE * all) {
      explained += Math.max(0, eigen.values()[order[kept++]]);
    }
    double[][] u = new double[x.length][kept];
    for (int row = 0; row < x.length; row++) {
      for (int j = 0; j < kept; j++) {
        double sum = 0;
        for (int i = 0; i < order.length; i++) {
          sum += x[row][i] * eigen.vectors()[i][order[j]];
        }
        u[row][j] = sum / Math.sqrt(eigen.values()[order[j]]);
      }
    }
    return u;
  }

  private static double[][] centred(double[][] rows) {
    int width = rows[0].length;
    double[] mean = new double[width];
    for (double[] row : rows) {
      for (int i = 0; i < width; i++) {
        mean[i] += row[i] / (double) rows.length;
      }
    }
    double[][] centred = new double[rows.length][width];
    for (int r = 0; r < rows.length; r++) {
      for (int i = 0; i < width; i++) {
        centred[r][i] = rows[r][i] - mean[i];
      }
    }
    return centred;
  }

  /// `a^T b`.
  private static double[][] transposedProduct(double[][] a, double[][] b) {
    double[][] product = new double[a[0].length][b[0].length];
    for (int row = 0; row < a.length; row++) {
      for (int i = 0; i < product.length; i++) {
        double factor = a[row][i];
        double[] into = product[i];
        for (int j = 0; j < into.length; j++) {
          into[j] += factor * b[row][j];
        }
      }
    }
    return product;
  }

  /// Representational similarity (Kriegeskorte et al. 2008): the rank correlation of the cosines
  /// between all rows of the one with those of the other. The first 300 rows are taken.
  public static double representational(double[][] left, double[][] right) {
    return correlation(ranks(cosines(left)), ranks(cosines(right)));
  }

  private static double[] cosines(double[][] rows) {
    double[][] unit = centred(Arrays.copyOf(rows, Math.min(MOST_ROWS, rows.length)));
    for (double[] row : unit) {
      double length = Math.sqrt(Arrays.stream(row).map(each -> each * each).sum());
      for (int i = 0; i < row.length; i++) {
        row[i] = length == 0 ? 0 : row[i] / length;
      }
    }
    double[] all = new double[unit.length * (unit.length - 1) / 2];
    int next = 0;
    for (int i = 0; i < unit.length; i++) {
      for (int j = i + 1; j < unit.length; j++) {
        double sum = 0;
        for (int at = 0; at < unit[i].length; at++) {
          sum += unit[i][at] * unit[j][at];
        }
        all[next++] = sum;
      }
    }
    return all;
  }

  private static double[] ranks(double[] values) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] ranks = new double[values.length];
    for (int from = 0; from < order.length; ) {
      int to = from;
      while (to < order.length && values[order[to]] == values[order[from]]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order[i]] = (from + to - 1) / 2.0;
      }
      from = to;
    }
    return ranks;
  }

  private static double correlation(double[] left, double[] right) {
    double meanLeft = Arrays.stream(left).average().orElse(0);
    double meanRight = Arrays.stream(right).average().orElse(0);
    double both = 0;
    double leftSquares = 0;
    double rightSquares = 0;
    for (int i = 0; i < left.length; i++) {
      both += (left[i] - meanLeft) * (right[i] - meanRight);
      leftSquares += (left[i] - meanLeft) * (left[i] - meanLeft);
      rightSquares += (right[i] - meanRight) * (right[i] - meanRight);
    }
    double spread = Math.sqrt(leftSquares * rightSquares);
    return spread == 0 ? 0 : both / spread;
  }
}
