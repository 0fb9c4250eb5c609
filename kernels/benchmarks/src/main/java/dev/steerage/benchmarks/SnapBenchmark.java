package dev.steerage.benchmarks;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Backends;
import dev.steerage.ops.snap.PackedCodebook;
import dev.steerage.ops.snap.Similarity;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// The look-up of one head's codebook, hot: codes to ids, candidates and canonical order included.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SnapBenchmark {
  @Param({"vector", "native"})
  public String backend;

  @Param({"1", "8", "64"})
  public int rows;

  @Param("10000")
  public int codes;

  @Param("64")
  public int width;

  @Param("8")
  public int depth;

  private final int[] depths = new int[64];
  private Backend engaged;
  private PackedCodebook codebook;
  private MemorySegment x;
  private MemorySegment mean;
  private int[] ids;

  @Setup
  public void pack() {
    Arena arena = Arena.ofAuto();
    engaged = Backends.byName(backend);
    MemorySegment values = RandomTensors.normal(arena, (long) codes * width, 1);
    codebook = engaged.snap().pack(values, codes, width, Similarity.INNER_PRODUCT, arena);
    x = RandomTensors.normal(arena, (long) rows * width, 2);
    mean = RandomTensors.normal(arena, width, 3);
    ids = new int[rows * depth];
    Arrays.fill(depths, depth);
  }

  @Benchmark
  public int[] scan() {
    engaged.snap().scan(codebook, x, 0, width, rows, depths, ids, 0, depth);
    return ids;
  }

  @Benchmark
  public MemorySegment mean() {
    engaged.snap().mean(codebook, ids, 0, depth, depth, mean, 0);
    return mean;
  }
}
