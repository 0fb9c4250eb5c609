package dev.steerage.transformer.analysis;

/// Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations: exact to rounding,
/// slow beyond a few hundred rows.
///
/// @param values unordered
/// @param vectors `vectors[i][j]`: component i of the vector of value j
record SymmetricEigen(double[] values, double[][] vectors) {
  private static final int SWEEPS_MAX = 60;
  private static final double SMALL = 1e-18;

  static SymmetricEigen of(double[][] symmetric) {
    return of(symmetric, new double[symmetric.length][symmetric.length]);
  }

  /// The eigenvalues alone, in half the time.
  static double[] values(double[][] symmetric) {
    return of(symmetric, new double[0][]).values();
  }

  /// @param v for the vectors; empty: they are not wanted
  private static SymmetricEigen of(double[][] symmetric, double[][] v) {
    int size = symmetric.length;
    double[][] a = new double[size][];
    double squares = 0;
    for (int i = 0; i < size; i++) {
      a[i] = symmetric[i].clone();
      for (double each : a[i]) {
        squares += each * each;
      }
    }
    for (int i = 0; i < v.length; i++) {
      v[i][i] = 1;
    }
    for (int sweep = 0; sweep < SWEEPS_MAX && beside(a) > SMALL * squares; sweep++) {
      for (int p = 0; p < size; p++) {
        for (int q = p + 1; q < size; q++) {
          rotate(a, v, p, q);
        }
      }
    }
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = a[i][i];
    }
    return new SymmetricEigen(values, v);
  }

  /// Sum of squares beside the diagonal.
  private static double beside(double[][] a) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a.length; j++) {
        sum += i == j ? 0 : a[i][j] * a[i][j];
      }
    }
    return sum;
  }

  private static void rotate(double[][] a, double[][] v, int p, int q) {
    if (a[p][q] == 0) {
      return;
    }
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
    double c = 1 / Math.sqrt(t * t + 1);
    double s = t * c;
    for (int i = 0; i < a.length; i++) {
      double ip = a[i][p];
      double iq = a[i][q];
      a[i][p] = c * ip - s * iq;
      a[i][q] = s * ip + c * iq;
    }
    double[] rowP = a[p];
    double[] rowQ = a[q];
    for (int i = 0; i < a.length; i++) {
      double pi = rowP[i];
      double qi = rowQ[i];
      rowP[i] = c * pi - s * qi;
      rowQ[i] = s * pi + c * qi;
    }
    for (double[] row : v) {
      double vp = row[p];
      double vq = row[q];
      row[p] = c * vp - s * vq;
      row[q] = s * vp + c * vq;
    }
  }
}
