package dev.steerage.ops.elementary;

/// Exponential, normal distribution function and GELU as fixed sequences of float32 operations.
///
/// Neither the JDK's intrinsics nor any libm takes part, so every backend that repeats these
/// operations one by one gives the same bits. Coefficients are Chebyshev fits made for this
/// project. Errors against the exact functions, checked by `ElementaryTest` on a dense sweep: exp 2
/// ulp, normal 4e-7 absolute, both GELUs 6e-7 x max(1, |x|).
public final class Elementary {
  public static final float LOG2_E = 0x1.715476p0f;

  /// ln 2 in two parts; the upper has few enough bits for exact products with an exponent.
  public static final float LN2_HI = 0x1.62e4p-1f;

  public static final float LN2_LO = (float) (0x1.62e42fefa39efp-1 - 0x1.62e4p-1);

  /// Adding and taking away 1.5 x 2^23 rounds to an integer, ties to even.
  public static final float ROUNDER = 0x1.8p23f;

  /// Below, exp is 0: no subnormal ever comes out.
  public static final float EXP_MIN = -87.3f;

  /// Above, exp stays at its value here (2.2e38).
  public static final float EXP_MAX = 88.3f;

  /// exp(r) = 1 + r + r^2 (E0 + E1 r + ...) for |r| up to ln 2 / 2.
  public static final float E0 = 0.5f;

  public static final float E1 = 0.16666576266288757f;
  public static final float E2 = 0.041666556149721146f;
  public static final float E3 = 0.008363177999854088f;
  public static final float E4 = 0.0013926181709393859f;

  /// exp(z^2) erfc(z) / (2t), t = 1 / (1 + z/2), lowest power of t first; the half of the normal
  /// distribution function is folded in.
  static final float[] TAIL = {
    0.28209489583969116f / 2,
    0.28208908438682556f / 2,
    0.24697138369083405f / 2,
    0.17451754212379456f / 2,
    0.09763892740011215f / 2,
    -0.07257067412137985f / 2,
    0.1592123955488205f / 2,
    -0.4897080659866333f / 2,
    0.5211448669433594f / 2,
    -0.2468997985124588f / 2,
    0.045509468764066696f / 2
  };

  public static final float SQRT_HALF = 0x1.6a09e6p-1f;

  /// exp(-z^2) is 0 here, so that the tail of a huge negative x is 0 and not merely small.
  public static final float TAIL_Z_MAX = 9.5f;

  /// 2 sqrt(2/pi) and its product with 0.044715.
  public static final float GELU_TANH_LINEAR = (float) (2 * 0.7978845608028654);

  public static final float GELU_TANH_CUBIC = (float) (2 * 0.7978845608028654 * 0.044715);

  private Elementary() {}

  /// Number of coefficients of the tail.
  public static int tailTerms() {
    return TAIL.length;
  }

  public static float tail(int power) {
    return TAIL[power];
  }

  /// e^x; 0 below [#EXP_MIN], constant above [#EXP_MAX], NaN for NaN.
  public static float exp(float x) {
    float c = Math.min(x, EXP_MAX);
    float n = Math.fma(c, LOG2_E, ROUNDER) - ROUNDER;
    float r = Math.fma(n, -LN2_HI, c);
    r = Math.fma(n, -LN2_LO, r);
    float p = Math.fma(E4, r, E3);
    p = Math.fma(p, r, E2);
    p = Math.fma(p, r, E1);
    p = Math.fma(p, r, E0);
    float y = Math.fma(r * r, p, r) + 1f;
    float scaled = y * Float.intBitsToFloat(((int) n + 127) << 23);
    return x < EXP_MIN ? 0f : scaled;
  }

  /// The standard normal distribution function.
  public static float normal(float x) {
    float z = Math.min(Math.abs(x) * SQRT_HALF, TAIL_Z_MAX);
    float t = 1f / Math.fma(z, 0.5f, 1f);
    float p = TAIL[TAIL.length - 1];
    for (int i = TAIL.length - 2; i >= 0; i--) {
      p = Math.fma(p, t, TAIL[i]);
    }
    float tail = p * t * exp(-(z * z));
    return x > 0f ? 1f - tail : tail;
  }

  /// x times the normal distribution function of x: the GELU of BERT and GPT-NeoX.
  public static float geluErf(float x) {
    return x * normal(x);
  }

  /// The tanh form of GPT-2, 0.5 x (1 + tanh u), written as x / (1 + exp(-2u)).
  public static float geluTanh(float x) {
    float u = x * Math.fma(x * x, GELU_TANH_CUBIC, GELU_TANH_LINEAR);
    return x / (1f + exp(-u));
  }
}
