package dev.steerage.transformer.generation;

import dev.steerage.transformer.CodebookTransformer;

/// Runs many requests at once: each [#step] is one forward over all rows that are due, prompt
/// positions and generated ones mixed. One thread owns a batch and makes all calls.
///
/// Results never depend on batch mates, batch size, chunking or holds: within a numeric class they
/// are equal bit for bit. Nothing is allocated per token in the steady state.
public final class ContinuousBatch implements AutoCloseable {
  private final CodebookTransformer model;
  private final BatchLimits limits;

  public ContinuousBatch(CodebookTransformer model, BatchLimits limits) {
    this.model = model;
    this.limits = limits;
  }

  public CodebookTransformer model() {
    return model;
  }

  public BatchLimits limits() {
    return limits;
  }

  /// Takes a request if there is room now for all the memory it can come to need.
  ///
  /// @return false when there is no free sequence, or not enough free memory for keys and values
  /// @throws IllegalArgumentException if it can never run here; says the limit
  public boolean offer(
      GenerationRequest request, SteeringSource steering, GenerationListener listener) {
    throw new UnsupportedOperationException("no forward yet");
  }

  /// Ends a request before the next step; the listener hears [FinishReason#CANCELLED] at once.
  ///
  /// @return false when no such request runs
  public boolean cancel(String id) {
    throw new UnsupportedOperationException("no forward yet");
  }

  /// A held request is passed over by [#step]; its results stay the same.
  public void hold(String id, boolean held) {
    throw new UnsupportedOperationException("no forward yet");
  }

  /// One forward over all rows that are due, then sampling and listener calls.
  ///
  /// @return tokens and prompt positions done; 0 = nothing to do
  public int step() {
    throw new UnsupportedOperationException("no forward yet");
  }

  /// Requests taken and not finished, held ones included.
  public int active() {
    throw new UnsupportedOperationException("no forward yet");
  }

  @Override
  public void close() {}
}
