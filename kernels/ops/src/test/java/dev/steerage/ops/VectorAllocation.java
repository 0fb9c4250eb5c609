package dev.steerage.ops;

import com.sun.management.ThreadMXBean;
import dev.steerage.ops.activation.Activation;
import dev.steerage.ops.attention.KvLayout;
import dev.steerage.ops.linear.PackedLinear;
import dev.steerage.ops.linear.WeightType;
import dev.steerage.ops.rotary.RotaryTable;
import dev.steerage.ops.snap.PackedCodebook;
import dev.steerage.ops.snap.Similarity;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;

/// A program of its own: calls every kernel of the vector backend until a thousand calls cost no
/// byte of heap, or ten seconds of processor time are over, and prints what was left.
final class VectorAllocation {
  private static final long PATIENCE_NS = 10_000_000_000L;
  private static final int CALLS = 1000;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Backend backend = Backends.byName("vector");
  private final Arena arena = Arena.ofShared();
  private final MemorySegment x = Tensors.normal(arena, 4096, 1);
  private final MemorySegment y = Tensors.normal(arena, 4096, 2);

  public static void main(String[] args) {
    VectorAllocation kernels = new VectorAllocation();
    kernels.rows();
    kernels.attention();
    for (WeightType type : WeightType.values()) {
      for (int rows : new int[] {1, 2, 4, 8}) {
        kernels.linear(type, rows);
      }
    }
    kernels.snap();
  }

  private void rows() {
    for (int width : new int[] {32, 128}) {
      least(
          "layernorm " + width,
          () -> backend.layerNorm().apply(x, 0, width, 2, width, x, x, 1e-5f, y, 0, width));
    }
    for (Activation function : Activation.values()) {
      for (int width : new int[] {512, 13}) {
        least(
            function + " " + width,
            () -> backend.activation().apply(function, y, 0, width, 2, width));
      }
    }
    least("logprob", () -> backend.logprob().logSumExp(x, 0, 11));
  }

  private void attention() {
    RotaryTable table = RotaryTable.of(8, 10_000, 64, arena);
    int[] positions = {3, 4};
    least("rotary", () -> backend.rotary().rotate(table, y, 0, 384, 2, 4, 96, positions, 0));
    KvLayout layout = new KvLayout(4, 32, 16);
    MemorySegment keys = Tensors.normal(arena, 5 * layout.blockElements(), 3);
    MemorySegment values = Tensors.normal(arena, 5 * layout.blockElements(), 4);
    int[] blocks = {1, 2, 3, 4};
    least(
        "attention",
        () ->
            backend
                .attention()
                .attend(layout, keys, values, blocks, 0, 0, 50, x, 0, 96, 0.2f, y, 0));
    least(
        "attention store",
        () -> backend.attention().store(layout, keys, values, 0, 7, x, 32, 96, x, 64, 96));
  }

  private void linear(WeightType type, int rows) {
    MemorySegment weight = Tensors.normal(arena, 128 * 512, 5);
    PackedLinear packed = backend.linear().pack(weight, null, 512, 128, type, arena);
    least(
        "linear " + type + " " + rows,
        () -> backend.linear().apply(packed, x, 0, 128, rows, y, 0, 512));
  }

  private void snap() {
    MemorySegment codes = Tensors.normal(arena, 1000 * 32, 6);
    PackedCodebook book = backend.snap().pack(codes, 1000, 32, Similarity.INNER_PRODUCT, arena);
    int[] depth = {1, 3, 1, 8};
    int[] ids = new int[4 * 8];
    for (int rows : new int[] {1, 2, 4}) {
      least("snap " + rows, () -> backend.snap().scan(book, x, 0, 32, rows, depth, ids, 0, 8));
    }
    least("snap mean", () -> backend.snap().mean(book, ids, 0, 1, 1, y, 0));
  }

  private void least(String name, Runnable kernel) {
    long deadline = threads.getCurrentThreadCpuTime() + PATIENCE_NS;
    long least = Long.MAX_VALUE;
    while (least > 0 && threads.getCurrentThreadCpuTime() < deadline) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        kernel.run();
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    System.out.println("kernel: " + name + ", bytes=" + least);
  }
}
