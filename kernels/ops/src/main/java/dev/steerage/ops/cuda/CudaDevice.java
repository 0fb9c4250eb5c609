package dev.steerage.ops.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// One device and its context; may be shared by all threads. A thread that works with it calls
/// [#enter] first: the driver keeps the context per thread.
public final class CudaDevice {
  /// Which device, where there are several.
  static final String ORDINAL = "steerage.cuda.device";

  private static final int ATTRIBUTE_MULTIPROCESSORS = 16;
  private static final int ATTRIBUTE_SHARED_BYTES = 97;
  private static final int ATTRIBUTE_MAJOR = 75;
  private static final int ATTRIBUTE_MINOR = 76;

  /// How the emulated device of the tests calls itself.
  private static final String EMULATED = "emulated";

  /// What offsets of tensors within a piece of device memory are multiples of.
  static final int ALIGNMENT = 256;

  private final CudaDriver driver;
  private final int device;
  private final String name;
  private final int capability;
  private final int multiprocessors;
  private final int sharedBytesMax;
  private volatile long context;

  private CudaDevice(CudaDriver driver, int ordinal) {
    this.driver = driver;
    device = driver.device(ordinal);
    name = driver.deviceName(device);
    capability =
        10 * driver.attribute(ATTRIBUTE_MAJOR, device) + driver.attribute(ATTRIBUTE_MINOR, device);
    multiprocessors = driver.attribute(ATTRIBUTE_MULTIPROCESSORS, device);
    sharedBytesMax = driver.attribute(ATTRIBUTE_SHARED_BYTES, device);
  }

  /// The outcome of opening the device that the settings name.
  public sealed interface State {
    /// It can be used.
    record Open(CudaDevice device) implements State {}

    /// It cannot; a sentence for people says why.
    record Absent(String reason) implements State {}
  }

  /// The device of the system property `steerage.cuda.device`, else the first one.
  public static State open() {
    return switch (CudaDriver.STATE) {
      case CudaDriver.State.Absent(String reason) -> new State.Absent(reason);
      case CudaDriver.State.Loaded(CudaDriver driver) -> open(driver);
    };
  }

  private static State open(CudaDriver driver) {
    int count = driver.devices();
    int ordinal = Integer.getInteger(ORDINAL, 0);
    if (ordinal < 0 || ordinal >= count) {
      return new State.Absent(
          "%s=%d, limit=%d: the CUDA driver has %d devices"
              .formatted(ORDINAL, ordinal, count - 1, count));
    }
    try {
      return new State.Open(new CudaDevice(driver, ordinal));
    } catch (CudaException e) {
      return new State.Absent("the device does not open: " + e.getMessage());
    }
  }

  /// Makes this the device of the calling thread; costs next to nothing where it is already.
  public void enter() {
    long own = context;
    driver.setCurrent(own == 0 ? retain() : own);
  }

  /// A context takes time and memory of the device: who only asks for the name needs none.
  private synchronized long retain() {
    if (context == 0) {
      context = driver.retainContext(device);
    }
    return context;
  }

  public String name() {
    return name;
  }

  /// For instance 90 for 9.0.
  public int capability() {
    return capability;
  }

  /// For instance `sm_90`: names the numeric class. An emulated device has bits of its own where
  /// tensor cores are at work.
  public String architecture() {
    return name.equals(EMULATED) ? EMULATED : "sm_" + capability;
  }

  public int multiprocessors() {
    return multiprocessors;
  }

  /// Most shared memory that a block of threads can ask for.
  public int sharedBytesMax() {
    return sharedBytesMax;
  }

  /// Of the driver, for instance 13000.
  public int driverVersion() {
    return driver.version();
  }

  public long freeBytes() {
    enter();
    return driver.memory()[0];
  }

  public long totalBytes() {
    enter();
    return driver.memory()[1];
  }

  /// Memory of the device, zeroed.
  ///
  /// @param what it is for, in errors
  /// @throws DeviceMemoryException if there is not as much
  public DeviceMemory allocate(String what, long bytes) {
    enter();
    long address = driver.allocate(Math.max(ALIGNMENT, bytes));
    if (address == 0) {
      long[] memory = driver.memory();
      throw new DeviceMemoryException(what, bytes, memory[0], memory[1]);
    }
    DeviceMemory memory = new DeviceMemory(this, driver, address, bytes);
    driver.zero(address, Math.max(ALIGNMENT, bytes));
    return memory;
  }

  /// Memory of the host that the device reads and writes by itself; zeroed.
  public PinnedMemory pinned(String what, long bytes) {
    enter();
    long address = driver.allocatePinned(Math.max(ALIGNMENT, bytes));
    if (address == 0) {
      throw new CudaException(
          "pinned host memory: for=" + what + ", bytes=" + bytes + ", the system gives no more");
    }
    return new PinnedMemory(this, driver, address, Math.max(ALIGNMENT, bytes));
  }

  /// Bytes that the device reads and writes per second when it copies within its memory: what its
  /// bandwidth is worth to a kernel. Takes twice `bytes` of its memory meanwhile.
  public double copyBytesPerSecond(long bytes) {
    int copies = 8;
    try (DeviceMemory memory = allocate("a copy that is timed", 2 * bytes);
        CudaStream stream = stream();
        CudaEvent begun = event();
        CudaEvent ended = event()) {
      for (int i = 0; i <= copies; i++) {
        if (i == 1) {
          stream.record(begun);
        }
        stream.copy(memory.address() + bytes, memory.address(), bytes);
      }
      stream.record(ended);
      ended.await();
      return 2.0 * bytes * copies / (ended.msSince(begun) / 1e3);
    }
  }

  /// Kernels from an image: a fatbin, a cubin or PTX.
  public CudaModule load(byte[] image) {
    enter();
    try (Arena arena = Arena.ofConfined()) {
      // PTX has to end in a zero; it hurts nobody else.
      MemorySegment copy = arena.allocate(image.length + 1L, 64);
      MemorySegment.copy(image, 0, copy, ValueLayout.JAVA_BYTE, 0, image.length);
      return new CudaModule(this, driver, driver.loadModule(copy));
    } catch (CudaException e) {
      throw new CudaException(
          ("kernels: do not load on %s, %s, with driver %d; a driver has to be as new as the nvcc"
                  + " that built them")
              .formatted(name, architecture(), driver.version()),
          e);
    }
  }

  public CudaStream stream() {
    enter();
    return new CudaStream(this, driver, driver.createStream());
  }

  public CudaEvent event() {
    enter();
    return new CudaEvent(this, driver, driver.createEvent());
  }
}
