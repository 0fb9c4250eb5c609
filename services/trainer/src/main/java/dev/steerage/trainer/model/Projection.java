package dev.steerage.trainer.model;

import dev.steerage.ops.product.Matrix;
import dev.steerage.ops.product.ProductKernel;
import java.lang.foreign.MemorySegment;

/// Codes of one site that are a basis times a map: `codes = basis projector`. The forward, the
/// checkpoint and the engine see the codes; the optimizer sees the map.
public record Projection(Parameter codes, Parameter basis, Parameter projector) {
  /// Works the codes out from basis and map.
  public void makeCodes(ProductKernel product, MemorySegment parameters) {
    int count = codes.shape()[0];
    int width = codes.shape()[1];
    product.multiply(
        Matrix.rows(parameters, basis.offset(), width),
        Matrix.rows(parameters, projector.offset(), width),
        parameters,
        codes.offset(),
        width,
        count,
        width,
        width,
        false);
  }

  /// The gradient of the map from that of the codes, which is cleared: codes are not trained.
  public void gradient(ProductKernel product, MemorySegment parameters, MemorySegment gradients) {
    int count = codes.shape()[0];
    int width = codes.shape()[1];
    product.multiply(
        Matrix.rows(parameters, basis.offset(), width).transposed(),
        Matrix.rows(gradients, codes.offset(), width),
        gradients,
        projector.offset(),
        width,
        width,
        width,
        count,
        false);
    PackedModel.slice(gradients, codes).fill((byte) 0);
  }

  /// Makes what the codes are now the basis; the map is the identity.
  public void keepCodesAsBasis(MemorySegment parameters) {
    PackedModel.slice(parameters, basis).copyFrom(PackedModel.slice(parameters, codes));
  }
}
