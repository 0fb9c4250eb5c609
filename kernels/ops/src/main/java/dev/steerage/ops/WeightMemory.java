package dev.steerage.ops;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// Memory for packed weights: zeroed, and on Linux in huge pages where the system gives them. A
/// step walks through all of it, and with small pages the walk waits for page tables.
// Calling the C library is the purpose; the launcher and the tests enable native access.
@SuppressWarnings("restricted")
public final class WeightMemory {
  private static final long HUGE_PAGE = 2L << 20;
  private static final int READ_WRITE = 3;
  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final int ADVISE_HUGE = 14;
  private static final Optional<Mapping> MAPPING = Mapping.find();

  private WeightMemory() {}

  /// Zeros, aligned to 64 bytes or more, as long as the arena lives.
  public static MemorySegment allocate(long bytes, Arena arena) {
    if (bytes < 2 * HUGE_PAGE || MAPPING.isEmpty()) {
      return arena.allocate(Math.max(64, bytes), 64);
    }
    return MAPPING.get().allocate(bytes, arena);
  }

  /// The three calls of the C library.
  private record Mapping(MethodHandle map, MethodHandle advise, MethodHandle unmap) {
    private static Optional<Mapping> find() {
      if (!System.getProperty("os.name").equals("Linux")) {
        return Optional.empty();
      }
      Linker linker = Linker.nativeLinker();
      return Optional.of(
          new Mapping(
              handle(
                  linker,
                  "mmap",
                  FunctionDescriptor.of(
                      ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG)),
              handle(
                  linker, "madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT)),
              handle(linker, "munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG))));
    }

    private static MethodHandle handle(Linker linker, String name, FunctionDescriptor signature) {
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), signature);
    }

    private MemorySegment allocate(long bytes, Arena arena) {
      // Room to begin at a huge page wherever the mapping begins.
      long mapped = bytes + HUGE_PAGE;
      try {
        MemorySegment raw =
            (MemorySegment) map.invokeExact(0L, mapped, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
        if (raw.address() == -1) {
          throw new OutOfMemoryError("weights: bytes=" + bytes + ", the system has no more memory");
        }
        MemorySegment whole = raw.reinterpret(mapped, arena, this::release);
        long skip = (HUGE_PAGE - raw.address() % HUGE_PAGE) % HUGE_PAGE;
        MemorySegment memory = whole.asSlice(skip, bytes);
        // Only advice: a system without huge pages says no, and that is fine.
        int answer = (int) advise.invokeExact(memory, bytes, ADVISE_HUGE);
        assert answer <= 0;
        return memory;
      } catch (OutOfMemoryError | RuntimeException e) {
        throw e;
      } catch (Throwable e) {
        throw new KernelException("weight memory", e);
      }
    }

    private void release(MemorySegment whole) {
      try {
        int answer = (int) unmap.invokeExact(whole, whole.byteSize());
        assert answer == 0;
      } catch (Throwable e) {
        throw new KernelException("weight memory", e);
      }
    }
  }
}
