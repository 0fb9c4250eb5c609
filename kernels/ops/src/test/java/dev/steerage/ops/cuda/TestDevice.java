package dev.steerage.ops.cuda;

import dev.steerage.ops.Floats;
import dev.steerage.ops.Tensors;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/// A device for one test: tensors go there and back, kernels run by name. It is the emulated one
/// where `-Dsteerage.cuda.library` names it, else the machine's own; without any, the test is
/// skipped with the reason.
// Calling the emulator's own functions.
@SuppressWarnings("restricted")
final class TestDevice implements AutoCloseable {
  private static final Optional<SymbolLookup> EMULATOR =
      Optional.ofNullable(System.getProperty("steerage.cuda.library"))
          .filter(library -> java.nio.file.Files.exists(java.nio.file.Path.of(library)))
          .map(library -> SymbolLookup.libraryLookup(library, Arena.global()));

  private final Arena arena = Arena.ofConfined();
  private final List<DeviceMemory> memory = new ArrayList<>();
  private final CudaDevice device;
  private final CudaModule module;
  private final CudaStream stream;

  private TestDevice(CudaDevice device) {
    this.device = device;
    module = CudaKernels.load(device);
    stream = device.stream();
  }

  static TestDevice open() {
    return switch (CudaDevice.open()) {
      case CudaDevice.State.Absent(String reason) -> {
        Assumptions.abort("skipped: " + reason);
        throw new AssertionError(reason);
      }
      case CudaDevice.State.Open(CudaDevice device) -> new TestDevice(device);
    };
  }

  CudaDevice device() {
    return device;
  }

  /// As long as the device is open.
  Arena arena() {
    return arena;
  }

  CudaStream stream() {
    return stream;
  }

  /// In which order the threads of a block run, where that can be said: 0 forward, 1 backward, else
  /// a seed. Results must not depend on it.
  static void order(int order) {
    EMULATOR.ifPresent(
        symbols -> {
          try {
            emulator(symbols, "steerage_emulator_order", null, ValueLayout.JAVA_INT).invoke(order);
          } catch (Throwable e) {
            throw new IllegalStateException(e);
          }
        });
  }

  static boolean isEmulated() {
    return EMULATOR.isPresent();
  }

  /// What the emulated device found wrong since it was asked last; empty if nothing.
  static String fault() {
    return EMULATOR
        .map(
            symbols -> {
              try {
                MemorySegment text =
                    (MemorySegment)
                        emulator(symbols, "steerage_emulator_fault", ValueLayout.ADDRESS).invoke();
                return text.equals(MemorySegment.NULL)
                    ? ""
                    : text.reinterpret(Long.MAX_VALUE).getString(0);
              } catch (Throwable e) {
                throw new IllegalStateException(e);
              }
            })
        .orElse("");
  }

  private static MethodHandle emulator(
      SymbolLookup symbols, String name, ValueLayout resultOrNull, ValueLayout... parameters) {
    FunctionDescriptor signature =
        resultOrNull == null
            ? FunctionDescriptor.ofVoid(parameters)
            : FunctionDescriptor.of(resultOrNull, parameters);
    return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), signature);
  }

  /// Bytes of device memory that hold exactly this.
  long put(MemorySegment tensor) {
    DeviceMemory part = device.allocate("test", tensor.byteSize());
    memory.add(part);
    if (tensor.byteSize() > 0) {
      part.put(part.address(), tensor);
    }
    return part.address();
  }

  /// NaN everywhere: what a kernel leaves out shows.
  long empty(long elements) {
    return put(Tensors.empty(arena, elements));
  }

  long zeros(long bytes) {
    return put(arena.allocate(bytes, 16));
  }

  long ints(int... values) {
    return put(arena.allocateFrom(ValueLayout.JAVA_INT, values));
  }

  MemorySegment floats(long address, long elements) {
    MemorySegment to = arena.allocate(Math.max(1, elements) * Float.BYTES, 16);
    get(address, to.asSlice(0, elements * Float.BYTES));
    return to.asSlice(0, elements * Float.BYTES);
  }

  int[] bits(long address, long elements) {
    return Tensors.bits(floats(address, elements));
  }

  int[] ints(long address, int count) {
    MemorySegment to = arena.allocate(4L * count, 16);
    get(address, to);
    return to.toArray(ValueLayout.JAVA_INT);
  }

  double[] doubles(long address, int count) {
    MemorySegment to = arena.allocate(8L * count, 16);
    get(address, to);
    return to.toArray(ValueLayout.JAVA_DOUBLE);
  }

  private void get(long address, MemorySegment to) {
    for (DeviceMemory part : memory) {
      if (part.address() <= address && address < part.address() + Math.max(1, part.bytes())) {
        part.get(address, to);
      }
    }
  }

  Run run(String kernel, int gridX, int gridY, int gridZ, int block) {
    return new Run("steerage_" + kernel, gridX, gridY, gridZ, block);
  }

  /// Collects the parameters of a launch: long for a pointer, int, float.
  final class Run {
    private final String name;
    private final int[] grid;
    private final int block;
    private int shared;

    private Run(String name, int gridX, int gridY, int gridZ, int block) {
      this.name = name;
      grid = new int[] {gridX, gridY, gridZ};
      this.block = block;
    }

    Run shared(int bytes) {
      shared = bytes;
      return this;
    }

    void with(Object... parameters) {
      stream.launch(launch(parameters));
      stream.await();
    }

    Launch launch(Object... parameters) {
      Launch.Builder launch =
          Launch.of(module.function(name, shared))
              .grid(grid[0], grid[1], grid[2])
              .block(block)
              .shared(shared);
      for (Object parameter : parameters) {
        switch (parameter) {
          case Long address -> launch.pointer(address);
          case Integer value -> launch.integer(value);
          case Float value -> launch.real(value);
          default -> throw new IllegalArgumentException("parameter: " + parameter);
        }
      }
      return launch.in(arena);
    }
  }

  static int over(int a, int b) {
    return (a + b - 1) / b;
  }

  static MemorySegment slice(MemorySegment tensor, long from, long elements) {
    return tensor.asSlice(from * Float.BYTES, elements * Float.BYTES);
  }

  static float at(MemorySegment tensor, long index) {
    return Floats.get(tensor, index);
  }

  @Override
  public void close() {
    stream.close();
    module.close();
    memory.forEach(DeviceMemory::close);
    arena.close();
    order(0);
  }
}
