package dev.steerage.ops.snap;

import dev.steerage.ops.Bf16;
import dev.steerage.ops.Floats;
import dev.steerage.ops.linear.Panels;
import dev.steerage.ops.linear.WeightType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// A codebook as the fast backends keep it: the raw codes for canonical scores and means, and bf16
/// panels of what the scan multiplies.
///
/// INNER_PRODUCT: unit codes. EUCLIDEAN: raw codes, each chain starting at `-|c|^2 / 2`. A code
/// that may only come last (norm 0, not finite) and the filling of the last panel start at
/// -infinity.
///
/// @param raw `[codes, width]`
/// @param norms norm of each code, in double
/// @param maxNorm the largest norm that is finite
/// @param rest the longest distance of a code from what the scan reads in its place
/// @param panels what the scan reads
/// @param similarity how codes are ranked
/// @param exact the same codes for rows that a scan cannot rank
record CodePanels(
    MemorySegment raw,
    double[] norms,
    double maxNorm,
    double rest,
    Panels panels,
    Similarity similarity,
    PackedCodebook exact)
    implements PackedCodebook {

  static CodePanels of(
      MemorySegment codes, int count, int width, Similarity similarity, Arena arena) {
    Panels panels = Panels.empty(count, width, WeightType.BF16, arena);
    double[] norms = new double[count];
    double maxNorm = 0;
    double rest = 0;
    float[] code = new float[width];
    double[] shares = new double[width];
    short[] panel = new short[panels.panelShorts()];
    for (int id = 0; id < count; id++) {
      MemorySegment.copy(codes, Floats.LAYOUT, (long) id * width * Float.BYTES, code, 0, width);
      double norm = CanonicalScore.norm(code);
      norms[id] = norm;
      boolean euclidean = similarity == Similarity.EUCLIDEAN;
      boolean usable = norm < Double.POSITIVE_INFINITY && (norm > 0 || euclidean);
      if (usable) {
        maxNorm = Math.max(maxNorm, norm);
        divide(code, euclidean ? 1 : norm, shares);
        rest = Math.max(rest, round(shares, panel, id % Panels.WIDTH));
      }
      float start = !usable ? Float.NEGATIVE_INFINITY : euclidean ? (float) (-norm * norm / 2) : 0f;
      Floats.set(panels.bias(), id, start);
      if (id % Panels.WIDTH == Panels.WIDTH - 1 || id == count - 1) {
        panels.putPanel(id - id % Panels.WIDTH, panel);
        Arrays.fill(panel, (short) 0);
      }
    }
    for (int id = count; id < panels.paddedOut(); id++) {
      Floats.set(panels.bias(), id, Float.NEGATIVE_INFINITY);
    }
    PackedCodebook exact = SnapReference.pack(codes, norms, width, similarity);
    return new CodePanels(codes, norms, maxNorm, rest, panels, similarity, exact);
  }

  /// A loop of its own, which compiles to vector instructions.
  private static void divide(float[] code, double by, double[] shares) {
    for (int i = 0; i < code.length; i++) {
      shares[i] = code[i] / by;
    }
  }

  /// Rounds one code into its place in a panel; the distance that this made.
  private static double round(double[] exact, short[] panel, int place) {
    double squares = 0;
    for (int i = 0; i < exact.length; i++) {
      short scanned = Bf16.of((float) exact[i]);
      panel[(i / 2 * Panels.WIDTH + place) * 2 + i % 2] = scanned;
      double difference = exact[i] - Bf16.toFloat(scanned);
      squares += difference * difference;
    }
    return Math.sqrt(squares);
  }

  @Override
  public int codes() {
    return panels.out();
  }

  @Override
  public int width() {
    return panels.in();
  }

  double score(MemorySegment x, long from, int id) {
    return switch (similarity) {
      case INNER_PRODUCT -> CanonicalScore.innerProduct(x, from, raw, id, width(), norms[id]);
      case EUCLIDEAN -> CanonicalScore.euclidean(x, from, raw, id, width());
    };
  }

  /// The error bound for one row; NaN if its codes have to be ranked canonically.
  ///
  /// @param rounded whether the scan rounds the row to bf16 too
  double bound(MemorySegment x, long from, boolean rounded) {
    double squares = 0;
    double restSquares = 0;
    for (int i = 0; i < width(); i++) {
      float u = Floats.get(x, from + i);
      squares += (double) u * u;
      if (rounded) {
        double difference = (double) u - Bf16.round(u);
        restSquares += difference * difference;
      }
    }
    return ErrorBound.of(
        similarity, width(), Math.sqrt(squares), Math.sqrt(restSquares), maxNorm, rest);
  }
}
