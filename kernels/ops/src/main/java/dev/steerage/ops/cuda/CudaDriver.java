package dev.steerage.ops.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// The functions of the driver library that are used here, with their statuses checked. Handles and
/// addresses, of the host and of the device, are 64-bit numbers.
///
/// The system property `steerage.cuda.library` names another library than `libcuda.so.1`: one with
/// the same functions, for instance an emulated device.
// Calling the driver is this class's whole purpose; the launcher and the tests enable native
// access.
@SuppressWarnings("restricted")
final class CudaDriver {
  static final String LIBRARY = "steerage.cuda.library";
  static final int OUT_OF_MEMORY = 2;

  /// The outcome of loading.
  sealed interface State {
    record Loaded(CudaDriver driver) implements State {}

    record Absent(String reason) implements State {}
  }

  private static final MemoryLayout INT = JAVA_INT;
  private static final MemoryLayout LONG = JAVA_LONG;

  /// Host memory mapped into the address space of every device.
  private static final int PORTABLE_MAPPED = 3;

  private static final int EVENT_WITH_TIMES = 0;

  /// A mark that is set whenever the graph that it is captured into runs.
  private static final int RECORD_EXTERNAL = 1;

  /// The one that calls without a stream go to; our own streams do not wait for it.
  private static final long DEFAULT_STREAM = 0;

  /// A capture in which only the capturing thread's calls count.
  private static final int CAPTURE_THREAD_LOCAL = 1;

  // After the constants that opening needs.
  static final State STATE = open();

  private final SymbolLookup symbols;

  // Called in every step.
  private final MethodHandle setCurrent;
  private final MethodHandle toDeviceAsync;
  private final MethodHandle toHostAsync;
  private final MethodHandle launchKernel;
  private final MethodHandle launchGraph;
  private final MethodHandle recordEvent;
  private final MethodHandle awaitEvent;
  private final MethodHandle waitEvent;
  private final MethodHandle awaitStream;

  private CudaDriver(SymbolLookup symbols) {
    this.symbols = symbols;
    setCurrent = handle("cuCtxSetCurrent", LONG);
    toDeviceAsync = handle("cuMemcpyHtoDAsync_v2", LONG, LONG, LONG, LONG);
    toHostAsync = handle("cuMemcpyDtoHAsync_v2", LONG, LONG, LONG, LONG);
    launchKernel =
        handle("cuLaunchKernel", LONG, INT, INT, INT, INT, INT, INT, INT, LONG, LONG, LONG);
    launchGraph = handle("cuGraphLaunch", LONG, LONG);
    recordEvent = handle("cuEventRecord", LONG, LONG);
    awaitEvent = handle("cuEventSynchronize", LONG);
    waitEvent = handle("cuStreamWaitEvent", LONG, LONG, INT);
    awaitStream = handle("cuStreamSynchronize", LONG);
  }

  private static State open() {
    String library = System.getProperty(LIBRARY, "libcuda.so.1");
    try {
      CudaDriver driver = new CudaDriver(SymbolLookup.libraryLookup(library, Arena.global()));
      driver.call("cuInit", driver.handle("cuInit", INT), 0);
      return new State.Loaded(driver);
    } catch (IllegalArgumentException e) {
      return new State.Absent("no CUDA driver: " + library + " does not load here");
    } catch (CudaException e) {
      return new State.Absent("the CUDA driver does not start: " + e.getMessage());
    }
  }

  // Devices and their contexts.

  int version() {
    return outInt("cuDriverGetVersion");
  }

  int devices() {
    return outInt("cuDeviceGetCount");
  }

  int device(int ordinal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      call("cuDeviceGet", handle("cuDeviceGet", LONG, INT), out.address(), ordinal);
      return out.get(JAVA_INT, 0);
    }
  }

  String deviceName(int device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(256);
      call(
          "cuDeviceGetName",
          handle("cuDeviceGetName", LONG, INT, INT),
          out.address(),
          (int) out.byteSize(),
          device);
      return out.getString(0);
    }
  }

  int attribute(int attribute, int device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      call(
          "cuDeviceGetAttribute",
          handle("cuDeviceGetAttribute", LONG, INT, INT),
          out.address(),
          attribute,
          device);
      return out.get(JAVA_INT, 0);
    }
  }

  long retainContext(int device) {
    return outLong("cuDevicePrimaryCtxRetain", INT, device);
  }

  void setCurrent(long context) {
    exact("cuCtxSetCurrent", setCurrent, context);
  }

  // Memory.

  /// Free bytes, then all bytes.
  long[] memory() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG, 2);
      call(
          "cuMemGetInfo_v2",
          handle("cuMemGetInfo_v2", LONG, LONG),
          out.address(),
          out.address() + Long.BYTES);
      return out.toArray(JAVA_LONG);
    }
  }

  /// An address, or 0 where there is not enough memory.
  long allocate(long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      int status =
          status("cuMemAlloc_v2", handle("cuMemAlloc_v2", LONG, LONG), out.address(), bytes);
      if (status == OUT_OF_MEMORY) {
        return 0;
      }
      check("cuMemAlloc_v2", status);
      return out.get(JAVA_LONG, 0);
    }
  }

  void free(long address) {
    call("cuMemFree_v2", handle("cuMemFree_v2", LONG), address);
  }

  /// An address, or 0 where there is not enough memory to pin.
  long allocatePinned(long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      int status =
          status(
              "cuMemHostAlloc",
              handle("cuMemHostAlloc", LONG, LONG, INT),
              out.address(),
              bytes,
              PORTABLE_MAPPED);
      if (status == OUT_OF_MEMORY) {
        return 0;
      }
      check("cuMemHostAlloc", status);
      return out.get(JAVA_LONG, 0);
    }
  }

  void freePinned(long address) {
    call("cuMemFreeHost", handle("cuMemFreeHost", LONG), address);
  }

  void toDevice(long device, long host, long bytes) {
    call("cuMemcpyHtoD_v2", handle("cuMemcpyHtoD_v2", LONG, LONG, LONG), device, host, bytes);
    // That returns once the bytes are out of the host's memory, not once they are there.
    awaitStream(DEFAULT_STREAM);
  }

  void toHost(long host, long device, long bytes) {
    call("cuMemcpyDtoH_v2", handle("cuMemcpyDtoH_v2", LONG, LONG, LONG), host, device, bytes);
  }

  void zero(long device, long bytes) {
    call("cuMemsetD8_v2", handle("cuMemsetD8_v2", LONG, INT, LONG), device, 0, bytes);
    awaitStream(DEFAULT_STREAM);
  }

  void toDeviceAsync(long device, long host, long bytes, long stream) {
    exact("cuMemcpyHtoDAsync", toDeviceAsync, device, host, bytes, stream);
  }

  void toHostAsync(long host, long device, long bytes, long stream) {
    exact("cuMemcpyDtoHAsync", toHostAsync, host, device, bytes, stream);
  }

  /// Within the device; for measurements.
  void copyAsync(long to, long from, long bytes, long stream) {
    call(
        "cuMemcpyDtoDAsync_v2",
        handle("cuMemcpyDtoDAsync_v2", LONG, LONG, LONG, LONG),
        to,
        from,
        bytes,
        stream);
  }

  // Streams and events.

  /// One that does not wait for the default stream.
  long createStream() {
    return outLong("cuStreamCreate", INT, 1);
  }

  void destroyStream(long stream) {
    call("cuStreamDestroy_v2", handle("cuStreamDestroy_v2", LONG), stream);
  }

  void awaitStream(long stream) {
    exact("cuStreamSynchronize", awaitStream, stream);
  }

  long createEvent() {
    return outLong("cuEventCreate", INT, EVENT_WITH_TIMES);
  }

  void destroyEvent(long event) {
    call("cuEventDestroy_v2", handle("cuEventDestroy_v2", LONG), event);
  }

  void recordEvent(long event, long stream) {
    exact("cuEventRecord", recordEvent, event, stream);
  }

  void awaitEvent(long event) {
    exact("cuEventSynchronize", awaitEvent, event);
  }

  /// As [#recordEvent], within a capture.
  void recordEventInGraph(long event, long stream) {
    call(
        "cuEventRecordWithFlags",
        handle("cuEventRecordWithFlags", LONG, LONG, INT),
        event,
        stream,
        RECORD_EXTERNAL);
  }

  /// What comes into the stream from now on waits for a mark of another one.
  void waitEvent(long stream, long event) {
    int status;
    try {
      status = (int) waitEvent.invokeExact(stream, event, 0);
    } catch (Throwable e) {
      throw broken("cuStreamWaitEvent", e);
    }
    check("cuStreamWaitEvent", status);
  }

  float elapsedMs(long from, long to) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      call(
          "cuEventElapsedTime",
          handle("cuEventElapsedTime", LONG, LONG, LONG),
          out.address(),
          from,
          to);
      return Float.intBitsToFloat(out.get(JAVA_INT, 0));
    }
  }

  // Modules and kernels.

  long loadModule(MemorySegment image) {
    return outLong("cuModuleLoadData", LONG, image.address());
  }

  void unloadModule(long module) {
    call("cuModuleUnload", handle("cuModuleUnload", LONG), module);
  }

  long function(long module, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      int status =
          status(
              "cuModuleGetFunction",
              handle("cuModuleGetFunction", LONG, LONG, LONG),
              out.address(),
              module,
              arena.allocateFrom(name).address());
      check("cuModuleGetFunction(" + name + ")", status);
      return out.get(JAVA_LONG, 0);
    }
  }

  void setAttribute(long function, int attribute, int value) {
    call(
        "cuFuncSetAttribute",
        handle("cuFuncSetAttribute", LONG, INT, INT),
        function,
        attribute,
        value);
  }

  /// @param parameters address of an array of addresses of the parameters
  void launchKernel(
      long function,
      int gridX,
      int gridY,
      int gridZ,
      int block,
      int sharedBytes,
      long stream,
      long parameters) {
    int status;
    try {
      status =
          (int)
              launchKernel.invokeExact(
                  function, gridX, gridY, gridZ, block, 1, 1, sharedBytes, stream, parameters, 0L);
    } catch (Throwable e) {
      throw broken("cuLaunchKernel", e);
    }
    check("cuLaunchKernel", status);
  }

  // Graphs.

  void beginCapture(long stream) {
    call(
        "cuStreamBeginCapture_v2",
        handle("cuStreamBeginCapture_v2", LONG, INT),
        stream,
        CAPTURE_THREAD_LOCAL);
  }

  long endCapture(long stream) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      call("cuStreamEndCapture", handle("cuStreamEndCapture", LONG, LONG), stream, out.address());
      return out.get(JAVA_LONG, 0);
    }
  }

  long instantiate(long graph) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      call(
          "cuGraphInstantiateWithFlags",
          handle("cuGraphInstantiateWithFlags", LONG, LONG, LONG),
          out.address(),
          graph,
          0L);
      return out.get(JAVA_LONG, 0);
    }
  }

  void launchGraph(long executable, long stream) {
    exact("cuGraphLaunch", launchGraph, executable, stream);
  }

  void destroyGraph(long graph) {
    call("cuGraphDestroy", handle("cuGraphDestroy", LONG), graph);
  }

  void destroyExecutable(long executable) {
    call("cuGraphExecDestroy", handle("cuGraphExecDestroy", LONG), executable);
  }

  // How calls are made.

  private MethodHandle handle(String name, MemoryLayout... parameters) {
    MemorySegment symbol =
        symbols
            .find(name)
            .orElseThrow(() -> new CudaException("cuda: call=" + name + " is not in the driver"));
    return Linker.nativeLinker()
        .downcallHandle(symbol, FunctionDescriptor.of(JAVA_INT, parameters));
  }

  // For what is called in every step: nothing is boxed.

  private void exact(String name, MethodHandle handle, long first) {
    int status;
    try {
      status = (int) handle.invokeExact(first);
    } catch (Throwable e) {
      throw broken(name, e);
    }
    check(name, status);
  }

  private void exact(String name, MethodHandle handle, long first, long second) {
    int status;
    try {
      status = (int) handle.invokeExact(first, second);
    } catch (Throwable e) {
      throw broken(name, e);
    }
    check(name, status);
  }

  private void exact(
      String name, MethodHandle handle, long first, long second, long third, long fourth) {
    int status;
    try {
      status = (int) handle.invokeExact(first, second, third, fourth);
    } catch (Throwable e) {
      throw broken(name, e);
    }
    check(name, status);
  }

  /// For what is not called in a step: arguments are boxed.
  private int status(String name, MethodHandle handle, Object... arguments) {
    try {
      return (int) handle.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw broken(name, e);
    }
  }

  private void call(String name, MethodHandle handle, Object... arguments) {
    check(name, status(name, handle, arguments));
  }

  private int outInt(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      call(name, handle(name, LONG), out.address());
      return out.get(JAVA_INT, 0);
    }
  }

  private long outLong(String name, MemoryLayout type, Object argument) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      call(name, handle(name, LONG, type), out.address(), argument);
      return out.get(JAVA_LONG, 0);
    }
  }

  private void check(String name, int status) {
    if (status != 0) {
      throw new CudaException("cuda: call=" + name + ", status=" + status + " " + word(status));
    }
  }

  /// The driver's own word for a status.
  @SuppressWarnings("restricted")
  private String word(int status) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      int answer =
          status("cuGetErrorName", handle("cuGetErrorName", INT, LONG), status, out.address());
      long text = out.get(JAVA_LONG, 0);
      return answer != 0 || text == 0
          ? "without a name"
          : MemorySegment.ofAddress(text).reinterpret(256).getString(0);
    }
  }

  private static CudaException broken(String name, Throwable e) {
    return e instanceof CudaException known
        ? known
        : new CudaException("cuda: call=" + name + " could not be made", e);
  }
}
