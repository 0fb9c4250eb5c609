package dev.steerage.transformer.cuda;

/// How a forward runs. Only `bf16Cache` changes a result.
///
/// @param graphs a step is one graph, else its kernels are launched one by one
/// @param branches what does not depend on each other within a layer runs side by side
/// @param bf16Cache keys and values are kept as bf16, to the nearest: half the bytes, other bits.
///   For measurements: no numeric class names it yet
/// @param idsToHost ids go to memory of the host while the step runs; without, nobody can read them
/// @param histograms natural codes are counted on the device
/// @param sampleEvery one step in so many is timed kernel by kernel; 0 = none
/// @param steeringWords room for interventions in the beginning; where one step needs more, it
///   grows
public record CudaOptions(
    boolean graphs,
    boolean branches,
    boolean bf16Cache,
    boolean idsToHost,
    boolean histograms,
    int sampleEvery,
    int steeringWords) {
  /// What a worker uses.
  public static final CudaOptions USUAL =
      new CudaOptions(true, true, false, true, false, 4096, 1 << 18);

  public CudaOptions {
    if (sampleEvery < 0) {
      throw new IllegalArgumentException("sampleEvery: value=" + sampleEvery + ", limit=0");
    }
    if (steeringWords < 1) {
      throw new IllegalArgumentException("steeringWords: value=" + steeringWords + ", limit=1");
    }
  }

  public CudaOptions withGraphs(boolean on) {
    return new CudaOptions(
        on, branches, bf16Cache, idsToHost, histograms, sampleEvery, steeringWords);
  }

  public CudaOptions withBranches(boolean on) {
    return new CudaOptions(
        graphs, on, bf16Cache, idsToHost, histograms, sampleEvery, steeringWords);
  }

  public CudaOptions withBf16Cache(boolean on) {
    return new CudaOptions(graphs, branches, on, idsToHost, histograms, sampleEvery, steeringWords);
  }

  public CudaOptions withIdsToHost(boolean on) {
    return new CudaOptions(graphs, branches, bf16Cache, on, histograms, sampleEvery, steeringWords);
  }

  public CudaOptions withHistograms(boolean on) {
    return new CudaOptions(graphs, branches, bf16Cache, idsToHost, on, sampleEvery, steeringWords);
  }

  public CudaOptions withSampleEvery(int steps) {
    return new CudaOptions(
        graphs, branches, bf16Cache, idsToHost, histograms, steps, steeringWords);
  }

  public CudaOptions withSteeringWords(int words) {
    return new CudaOptions(graphs, branches, bf16Cache, idsToHost, histograms, sampleEvery, words);
  }
}
