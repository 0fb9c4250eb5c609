package dev.steerage.ops.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// One launch of a kernel with its grid and parameters, made once and launched many times.
/// Parameters cannot change: what differs from step to step is in memory that they point to.
public final class Launch {
  private final CudaFunction function;
  private final int gridX;
  private final int gridY;
  private final int gridZ;
  private final int block;
  private final int sharedBytes;
  private final MemorySegment parameters;

  private Launch(Builder builder, Arena arena) {
    function = builder.function;
    gridX = builder.gridX;
    gridY = builder.gridY;
    gridZ = builder.gridZ;
    block = builder.block;
    sharedBytes = builder.sharedBytes;
    MemorySegment values = arena.allocate(Math.max(1, builder.count) * 8L, 8);
    parameters = arena.allocate(Math.max(1, builder.count) * 8L, 8);
    for (int i = 0; i < builder.count; i++) {
      values.set(JAVA_LONG, 8L * i, builder.values[i]);
      parameters.set(JAVA_LONG, 8L * i, values.address() + 8L * i);
    }
  }

  public static Builder of(CudaFunction function) {
    return new Builder(function);
  }

  public String name() {
    return function.name();
  }

  /// Threads in all, for people.
  public long blocks() {
    return (long) gridX * gridY * gridZ;
  }

  void on(CudaDriver driver, long stream) {
    driver.launchKernel(
        function.handle(), gridX, gridY, gridZ, block, sharedBytes, stream, parameters.address());
  }

  /// Collects grid and parameters, parameters in the kernel's order.
  public static final class Builder {
    private static final int MOST = 64;

    private final CudaFunction function;
    private final long[] values = new long[MOST];
    private final MemorySegment word = MemorySegment.ofArray(new long[1]);
    private int count;
    private int gridX = 1;
    private int gridY = 1;
    private int gridZ = 1;
    private int block = 1;
    private int sharedBytes;

    private Builder(CudaFunction function) {
      this.function = function;
    }

    public Builder grid(int x, int y, int z) {
      gridX = x;
      gridY = y;
      gridZ = z;
      return this;
    }

    public Builder grid(int x) {
      return grid(x, 1, 1);
    }

    public Builder block(int threads) {
      block = threads;
      return this;
    }

    public Builder shared(int bytes) {
      sharedBytes = bytes;
      return this;
    }

    /// An address, 0 for none.
    public Builder pointer(long address) {
      values[count++] = address;
      return this;
    }

    public Builder integer(int value) {
      word.set(JAVA_LONG, 0, 0);
      word.set(JAVA_INT, 0, value);
      return pointer(word.get(JAVA_LONG, 0));
    }

    public Builder real(float value) {
      word.set(JAVA_LONG, 0, 0);
      word.set(JAVA_FLOAT, 0, value);
      return pointer(word.get(JAVA_LONG, 0));
    }

    /// @param arena as long as the launch is used
    public Launch in(Arena arena) {
      return new Launch(this, arena);
    }
  }
}
