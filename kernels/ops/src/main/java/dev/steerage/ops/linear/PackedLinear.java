package dev.steerage.ops.linear;

/// The weights of one affine map in the layout of the backend that packed them; immutable.
public interface PackedLinear {
  /// Rows of the weight, elements of y.
  int out();

  /// Columns of the weight, elements of x.
  int in();

  WeightType type();
}
