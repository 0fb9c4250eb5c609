package dev.steerage.benchmarks;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Backends;
import dev.steerage.ops.attention.KvLayout;
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

/// One query row over a paged cache, all heads, and the small kernels around it.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AttentionBenchmark {
  @Param({"vector", "native"})
  public String backend;

  @Param({"16", "128", "1024"})
  public int positions;

  /// Heads, then elements of a head.
  @Param({"4x32", "16x64"})
  public String shape;

  private Backend engaged;
  private KvLayout layout;
  private MemorySegment keys;
  private MemorySegment values;
  private MemorySegment row;
  private MemorySegment out;
  private int[] blocks;

  @Setup
  public void fill() {
    Arena arena = Arena.ofAuto();
    engaged = Backends.byName(backend);
    int heads = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
    int headDim = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
    layout = new KvLayout(heads, headDim, 16);
    blocks = new int[(positions + 15) / 16];
    Arrays.setAll(blocks, block -> blocks.length - 1 - block);
    keys = RandomTensors.normal(arena, blocks.length * layout.blockElements(), 1);
    values = RandomTensors.normal(arena, blocks.length * layout.blockElements(), 2);
    row = RandomTensors.normal(arena, 3L * heads * headDim, 3);
    out = RandomTensors.normal(arena, (long) heads * headDim, 4);
  }

  @Benchmark
  public MemorySegment attend() {
    int dim = layout.headDim();
    engaged
        .attention()
        .attend(layout, keys, values, blocks, 0, 0, positions - 1, row, 0, 3 * dim, 0.125f, out, 0);
    return out;
  }

  @Benchmark
  public MemorySegment store() {
    int dim = layout.headDim();
    engaged
        .attention()
        .store(layout, keys, values, 0, 7, row, dim, 3 * dim, row, 2L * dim, 3 * dim);
    return keys;
  }

  @Benchmark
  public MemorySegment layerNorm() {
    int width = layout.heads() * layout.headDim();
    engaged.layerNorm().apply(row, 0, width, 1, width, row, row, 1e-5f, out, 0, width);
    return out;
  }
}
