package dev.steerage.ops.snap;

import dev.steerage.ops.Floats;
import dev.steerage.ops.linear.Panels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A codebook as the fast backends keep it: the raw codes for canonical scores and means, and
/// panels of what the float32 scan multiplies.
///
/// INNER_PRODUCT: unit codes. EUCLIDEAN: raw codes, each chain starting at `-|c|^2 / 2`. A code
/// that may only come last (norm 0, not finite) and the filling of the last panel start at
/// -infinity.
///
/// @param raw `[codes, width]`
/// @param norms norm of each code, in double
/// @param maxNorm the largest norm that is finite
/// @param panels what the scan reads
/// @param similarity how codes are ranked
/// @param exact the same codes for rows that a scan cannot rank
record CodePanels(
    MemorySegment raw,
    double[] norms,
    double maxNorm,
    Panels panels,
    Similarity similarity,
    PackedCodebook exact)
    implements PackedCodebook {

  static CodePanels of(
      MemorySegment codes, int count, int width, Similarity similarity, Arena arena) {
    Panels panels = Panels.empty(count, width, arena);
    double[] norms = new double[count];
    double maxNorm = 0;
    for (int id = 0; id < count; id++) {
      double norm = CanonicalScore.norm(codes, id, width);
      norms[id] = norm;
      boolean usable =
          norm < Double.POSITIVE_INFINITY && (norm > 0 || similarity == Similarity.EUCLIDEAN);
      maxNorm = usable ? Math.max(maxNorm, norm) : maxNorm;
      float start = 0f;
      for (int i = 0; i < width && usable; i++) {
        float c = Floats.get(codes, (long) id * width + i);
        float scanned = similarity == Similarity.EUCLIDEAN ? c : (float) (c / norm);
        Floats.set(panels.values(), panels.index(id, i), scanned);
      }
      if (!usable) {
        start = Float.NEGATIVE_INFINITY;
      } else if (similarity == Similarity.EUCLIDEAN) {
        start = (float) (-norm * norm / 2);
      }
      Floats.set(panels.bias(), id, start);
    }
    for (int id = count; id < panels.paddedOut(); id++) {
      Floats.set(panels.bias(), id, Float.NEGATIVE_INFINITY);
    }
    PackedCodebook exact = new SnapReference().pack(codes, count, width, similarity, arena);
    return new CodePanels(codes, norms, maxNorm, panels, similarity, exact);
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
  double bound(MemorySegment x, long from) {
    double sum = 0;
    for (int i = 0; i < width(); i++) {
      double u = Floats.get(x, from + i);
      sum += u * u;
    }
    return ErrorBound.of(similarity, width(), Math.sqrt(sum), maxNorm);
  }
}
