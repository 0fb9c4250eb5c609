package dev.steerage.transformer;

/// Within one numeric class results are equal bit for bit.
///
/// @param instructions instruction path, for instance `avx512`
/// @param lanes float lanes of one vector; 1 for scalar code
/// @param weights type of the weights in memory, for instance `f32`
/// @param build version of the engine
public record NumericClass(
    String backend, String instructions, int lanes, String weights, String build) {
  @Override
  public String toString() {
    return backend + "/" + instructions + "/" + lanes + "/" + weights + "/" + build;
  }
}
