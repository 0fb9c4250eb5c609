package dev.steerage.benchmarks;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Backends;
import dev.steerage.ops.linear.PackedLinear;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

/// An affine map, hot: the MLP of the TokFSM model and a layer of a 410M model.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LinearBenchmark {
  @Param({"vector", "native"})
  public String backend;

  @Param({"1", "8", "64"})
  public int rows;

  /// Inputs, then outputs.
  @Param({"128x512", "1024x4096"})
  public String shape;

  private Backend engaged;
  private PackedLinear weights;
  private MemorySegment x;
  private MemorySegment y;
  private int in;
  private int out;

  @Setup
  public void pack() {
    Arena arena = Arena.ofAuto();
    in = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
    out = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
    engaged = Backends.byName(backend);
    MemorySegment values = RandomTensors.normal(arena, (long) out * in, 1);
    weights = engaged.linear().pack(values, null, out, in, arena);
    x = RandomTensors.normal(arena, (long) rows * in, 2);
    y = RandomTensors.normal(arena, (long) rows * out, 3);
  }

  @Benchmark
  public MemorySegment apply() {
    engaged.linear().apply(weights, x, 0, in, rows, y, 0, out);
    return y;
  }
}
