package dev.steerage.transformer.checkpoint;

/// Sees every tensor that a model is made of, and every value that is not finite: such a value
/// would turn every score into NaN, far from the cause.
interface LoadObserver {
  /// Called before a tensor is read.
  void read(StoredTensor tensor);

  /// Called by several threads at a time, for different tensors.
  void notFinite(StoredTensor tensor, long element, float value);

  /// Refuses the first value that is not finite.
  static LoadObserver refusing() {
    return new LoadObserver() {
      @Override
      public void read(StoredTensor tensor) {}

      @Override
      public void notFinite(StoredTensor tensor, long element, float value) {
        throw new CheckpointException(
            tensor.file(), tensor.name(), "finite values", value + " at element " + element);
      }
    };
  }
}
