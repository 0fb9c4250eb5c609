/* The driver API of an emulated device: what the engine calls, with the driver's own signatures.
 * Streams do their work at once; a stream that is being captured writes it into a list instead,
 * which is what a graph is here. One thread at a time gets in.
 */
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "blocks.h"
#include "kernel_table.h"

namespace {

enum result {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NOT_INITIALIZED = 3,
  INVALID_DEVICE = 101,
  INVALID_CONTEXT = 201,
  INVALID_HANDLE = 400,
  ILLEGAL_STATE = 401,
  NOT_FOUND = 500,
  LAUNCH_OUT_OF_RESOURCES = 701,
  LAUNCH_FAILED = 719,
  CAPTURE_UNSUPPORTED = 900,
  CAPTURE_UNJOINED = 904,
};

constexpr size_t GUARD = 256;
constexpr int MOST_SHARED = 232448;
constexpr int FREE_SHARED = 49152;

struct allocation {
  std::unique_ptr<char[]> room;
  size_t bytes;
};

struct stream;

struct graph {
  std::vector<std::function<int()>> steps;
  stream* origin = nullptr;
  std::vector<stream*> joined; /* streams that a mark drew into the capture */
};

struct stream {
  graph* captured = nullptr;
  std::vector<std::function<int()>> late; /* of a stream that was drawn in: see submit */
  size_t submitted = 0;
  size_t waited_for = 0; /* of these, what the origin waits for */
};

struct event {
  std::chrono::steady_clock::time_point at;
  stream* on = nullptr; /* where it was recorded in a capture */
  graph* within = nullptr;
  size_t submitted = 0;
};

struct context {};

std::recursive_mutex lock;
bool initialized;
context only;
std::map<char*, allocation> memory; /* by first byte that the caller may use */
size_t allocated;
std::string fault;
int order;
int captures;
std::map<const emulated::kernel*, int> dynamic_limits;

size_t memory_limit() {
  const char* limit = getenv("STEERAGE_EMULATED_MEMORY_BYTES");
  return limit ? strtoull(limit, nullptr, 10) : (size_t)8 << 30;
}

int allocate(void** to, size_t bytes, bool counts) {
  if (!initialized) return NOT_INITIALIZED;
  if (bytes == 0 || !to) return INVALID_VALUE;
  if (counts && allocated + bytes > memory_limit()) return OUT_OF_MEMORY;
  std::unique_ptr<char[]> room(new (std::nothrow) char[bytes + 3 * GUARD]);
  if (!room) return OUT_OF_MEMORY;
  /* What nobody has written is no number. */
  memset(room.get(), 0xff, bytes + 3 * GUARD);
  char* first = (char*)(((uintptr_t)room.get() + 2 * GUARD - 1) / GUARD * GUARD);
  memory[first] = {std::move(room), bytes};
  allocated += bytes;
  *to = first;
  return SUCCESS;
}

/* Whether some bytes are as they were left; makes them so. */
bool untouched(char* from, size_t count) {
  bool held = true;
  for (size_t i = 0; i < count; i++) {
    held &= (unsigned char)from[i] == 0xff;
    from[i] = (char)0xff;
  }
  return held;
}

/* Nothing was written beside an allocation. */
bool guards_hold() {
  for (auto& [first, each] : memory) {
    const char* where = !untouched(first - GUARD / 2, GUARD / 2)         ? "before"
                        : !untouched(first + each.bytes, GUARD) ? "behind"
                                                                : nullptr;
    if (where) {
      fault = std::string("write ") + where + " an allocation of " + std::to_string(each.bytes) +
              " bytes";
      return false;
    }
  }
  return true;
}

int release(void* first) {
  auto found = memory.find((char*)first);
  if (found == memory.end()) return INVALID_VALUE;
  if (!guards_hold()) return LAUNCH_FAILED;
  allocated -= found->second.bytes;
  memory.erase(found);
  return SUCCESS;
}

/* Whether a copy stays inside one allocation; memory of the host is nobody's here. */
bool inside(const void* at, size_t bytes) {
  auto next = memory.upper_bound((char*)at);
  if (next == memory.begin()) return false;
  auto& [first, each] = *std::prev(next);
  return (char*)at + bytes <= first + each.bytes;
}

/* Does a step now, or keeps it where the stream is being captured. What may run beside something
 * else runs as early as it can in one capture and as late as it can in the next: a dependency that
 * was forgotten shows as other results. */
int submit(stream* on, std::function<int()> step) {
  if (!fault.empty()) return LAUNCH_FAILED;
  if (on && on->captured) {
    on->submitted++;
    const bool late = on != on->captured->origin && captures % 2 == 0;
    (late ? on->late : on->captured->steps).push_back(std::move(step));
    return SUCCESS;
  }
  return step();
}

int copy(void* to, const void* from, size_t bytes, const void* on_device, stream* on) {
  if (!inside(on_device, bytes)) {
    fault = "copy of " + std::to_string(bytes) + " bytes outside of an allocation";
    return INVALID_VALUE;
  }
  return submit(on, [=] {
    memmove(to, from, bytes);
    return SUCCESS;
  });
}

int launch(const emulated::kernel* kernel, emulated::shape grid, emulated::shape block,
           size_t dynamic_bytes, const std::vector<char>& values) {
  std::vector<void*> parameters;
  size_t at = 0;
  for (size_t size : kernel->sizes) {
    at = (at + size - 1) / size * size;
    parameters.push_back((void*)(values.data() + at));
    at += size;
  }
  fault = emulated::run([&] { kernel->call(parameters.data()); }, grid, block, dynamic_bytes,
                        order);
  if (fault.empty()) guards_hold();
  if (fault.empty()) return SUCCESS;
  fault = std::string(kernel->name) + ": " + fault;
  return LAUNCH_FAILED;
}

}  // namespace

#define API extern "C" __attribute__((visibility("default"))) int
#define GUARDED std::lock_guard<std::recursive_mutex> held(lock)

/* What went wrong, once; then the device works again, which a real one would not. */
extern "C" __attribute__((visibility("default"))) const char* steerage_emulator_fault() {
  GUARDED;
  static std::string last;
  if (fault.empty()) return nullptr;
  last = fault;
  fault.clear();
  return last.c_str();
}

/* 0 forward, 1 backward, else a seed: the order in which the threads of a block run. */
extern "C" __attribute__((visibility("default"))) void steerage_emulator_order(int newOrder) {
  GUARDED;
  order = newOrder;
}

extern "C" __attribute__((visibility("default"))) long steerage_emulator_allocated() {
  GUARDED;
  return (long)allocated;
}

API cuInit(unsigned flags) {
  GUARDED;
  if (flags != 0) return INVALID_VALUE;
  initialized = true;
  return SUCCESS;
}
API cuDriverGetVersion(int* version) {
  *version = 13000;
  return SUCCESS;
}
API cuGetErrorName(int error, const char** name) {
  switch (error) {
    case SUCCESS: *name = "CUDA_SUCCESS"; return SUCCESS;
    case INVALID_VALUE: *name = "CUDA_ERROR_INVALID_VALUE"; return SUCCESS;
    case OUT_OF_MEMORY: *name = "CUDA_ERROR_OUT_OF_MEMORY"; return SUCCESS;
    case NOT_INITIALIZED: *name = "CUDA_ERROR_NOT_INITIALIZED"; return SUCCESS;
    case INVALID_DEVICE: *name = "CUDA_ERROR_INVALID_DEVICE"; return SUCCESS;
    case INVALID_CONTEXT: *name = "CUDA_ERROR_INVALID_CONTEXT"; return SUCCESS;
    case INVALID_HANDLE: *name = "CUDA_ERROR_INVALID_HANDLE"; return SUCCESS;
    case ILLEGAL_STATE: *name = "CUDA_ERROR_ILLEGAL_STATE"; return SUCCESS;
    case NOT_FOUND: *name = "CUDA_ERROR_NOT_FOUND"; return SUCCESS;
    case LAUNCH_OUT_OF_RESOURCES: *name = "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES"; return SUCCESS;
    case LAUNCH_FAILED: *name = "CUDA_ERROR_LAUNCH_FAILED"; return SUCCESS;
    case CAPTURE_UNSUPPORTED: *name = "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED"; return SUCCESS;
    case CAPTURE_UNJOINED: *name = "CUDA_ERROR_STREAM_CAPTURE_UNJOINED"; return SUCCESS;
    default: *name = nullptr; return INVALID_VALUE;
  }
}
API cuGetErrorString(int error, const char** text) { return cuGetErrorName(error, text); }

API cuDeviceGetCount(int* count) {
  *count = 1;
  return initialized ? SUCCESS : NOT_INITIALIZED;
}
API cuDeviceGet(int* device, int ordinal) {
  *device = 0;
  return !initialized ? NOT_INITIALIZED : ordinal == 0 ? SUCCESS : INVALID_DEVICE;
}
API cuDeviceGetName(char* name, int room, int device) {
  if (device != 0 || room < 1) return INVALID_DEVICE;
  strncpy(name, "emulated", room);
  name[room - 1] = 0;
  return SUCCESS;
}
API cuDeviceTotalMem_v2(size_t* bytes, int device) {
  *bytes = memory_limit();
  return device == 0 ? SUCCESS : INVALID_DEVICE;
}
API cuDeviceGetAttribute(int* value, int attribute, int device) {
  if (device != 0) return INVALID_DEVICE;
  switch (attribute) {
    case 1: *value = 1024; return SUCCESS;         /* threads of a block */
    case 8: *value = FREE_SHARED; return SUCCESS;  /* shared memory of a block */
    case 10: *value = 32; return SUCCESS;          /* warp */
    case 13: *value = 1000000; return SUCCESS;     /* clock, kHz */
    case 16: *value = 4; return SUCCESS;           /* multiprocessors */
    case 36: *value = 1000000; return SUCCESS;     /* memory clock, kHz */
    case 37: *value = 32; return SUCCESS;          /* bus width */
    case 38: *value = 1 << 20; return SUCCESS;     /* second cache */
    case 41: *value = 1; return SUCCESS;           /* unified addressing */
    case 75: *value = 8; return SUCCESS;
    case 76: *value = 0; return SUCCESS;
    case 97: *value = MOST_SHARED; return SUCCESS; /* shared memory of a block that asks for it */
    default: return INVALID_VALUE;
  }
}

API cuDevicePrimaryCtxRetain(void** to, int device) {
  *to = &only;
  return device == 0 && initialized ? SUCCESS : INVALID_DEVICE;
}
API cuDevicePrimaryCtxRelease_v2(int device) { return device == 0 ? SUCCESS : INVALID_DEVICE; }
API cuCtxSetCurrent(void* at) { return !at || at == &only ? SUCCESS : INVALID_CONTEXT; }
API cuCtxSynchronize() { return fault.empty() ? SUCCESS : LAUNCH_FAILED; }

API cuMemGetInfo_v2(size_t* free, size_t* total) {
  GUARDED;
  *total = memory_limit();
  *free = *total - std::min(allocated, *total);
  return SUCCESS;
}
API cuMemAlloc_v2(void** to, size_t bytes) {
  GUARDED;
  return allocate(to, bytes, true);
}
API cuMemFree_v2(void* at) {
  GUARDED;
  return release(at);
}
API cuMemHostAlloc(void** to, size_t bytes, unsigned) {
  GUARDED;
  return allocate(to, bytes, false);
}
API cuMemFreeHost(void* at) {
  GUARDED;
  return release(at);
}
API cuMemHostGetDevicePointer_v2(void** to, void* at, unsigned) {
  *to = at;
  return SUCCESS;
}
API cuMemcpyHtoD_v2(void* to, const void* from, size_t bytes) {
  GUARDED;
  return copy(to, from, bytes, to, nullptr);
}
API cuMemcpyDtoH_v2(void* to, const void* from, size_t bytes) {
  GUARDED;
  return copy(to, from, bytes, from, nullptr);
}
API cuMemcpyHtoDAsync_v2(void* to, const void* from, size_t bytes, stream* on) {
  GUARDED;
  return copy(to, from, bytes, to, on);
}
API cuMemcpyDtoHAsync_v2(void* to, const void* from, size_t bytes, stream* on) {
  GUARDED;
  return copy(to, from, bytes, from, on);
}
API cuMemcpyDtoDAsync_v2(void* to, const void* from, size_t bytes, stream* on) {
  GUARDED;
  return inside(from, bytes) ? copy(to, from, bytes, to, on) : INVALID_VALUE;
}
API cuMemsetD8_v2(void* at, unsigned char value, size_t count) {
  GUARDED;
  if (!inside(at, count)) return INVALID_VALUE;
  memset(at, value, count);
  return SUCCESS;
}
API cuMemsetD8Async(void* at, unsigned char value, size_t count, stream* on) {
  GUARDED;
  if (!inside(at, count)) return INVALID_VALUE;
  return submit(on, [=] {
    memset(at, value, count);
    return SUCCESS;
  });
}

API cuStreamCreate(stream** to, unsigned) {
  *to = new stream();
  return initialized ? SUCCESS : NOT_INITIALIZED;
}
API cuStreamDestroy_v2(stream* at) {
  delete at;
  return SUCCESS;
}
API cuStreamSynchronize(stream* at) {
  GUARDED;
  if (at && at->captured) return CAPTURE_UNSUPPORTED;
  return fault.empty() ? SUCCESS : LAUNCH_FAILED;
}
API cuEventCreate(event** to, unsigned) {
  *to = new event();
  return SUCCESS;
}
API cuEventDestroy_v2(event* at) {
  delete at;
  return SUCCESS;
}
API cuEventRecord(event* at, stream* on) {
  GUARDED;
  if (on && on->captured) {
    at->on = on;
    at->within = on->captured;
    at->submitted = on->submitted;
    return SUCCESS;
  }
  at->within = nullptr;
  return submit(on, [=] {
    at->at = std::chrono::steady_clock::now();
    return SUCCESS;
  });
}
API cuEventRecordWithFlags(event* at, stream* on, unsigned flags) {
  GUARDED;
  if (flags != 1 || !on || !on->captured) return INVALID_VALUE;
  return submit(on, [=] {
    at->at = std::chrono::steady_clock::now();
    return SUCCESS;
  });
}
API cuEventSynchronize(event*) { return fault.empty() ? SUCCESS : LAUNCH_FAILED; }
API cuEventQuery(event*) { return fault.empty() ? SUCCESS : LAUNCH_FAILED; }
API cuEventElapsedTime(float* ms, event* from, event* to) {
  *ms = std::chrono::duration<float, std::milli>(to->at - from->at).count();
  return SUCCESS;
}
API cuEventElapsedTime_v2(float* ms, event* from, event* to) {
  return cuEventElapsedTime(ms, from, to);
}
API cuStreamWaitEvent(stream* on, event* at, unsigned) {
  GUARDED;
  if (!on || !at || (on->captured && on->captured != at->within)) return INVALID_VALUE;
  graph* const within = at->within;
  if (!within || at->on == on) return SUCCESS;
  if (!on->captured) {
    on->captured = within;
    within->joined.push_back(on);
  }
  if (on == within->origin) {
    for (auto& step : at->on->late) within->steps.push_back(std::move(step));
    at->on->late.clear();
    at->on->waited_for = at->submitted;
  }
  return SUCCESS;
}

API cuModuleLoadData(void** to, const void*) {
  *to = &only;
  return initialized ? SUCCESS : NOT_INITIALIZED;
}
API cuModuleUnload(void*) { return SUCCESS; }
API cuModuleGetFunction(const emulated::kernel** to, void*, const char* name) {
  for (const emulated::kernel& each : emulated::kernels()) {
    if (strcmp(each.name, name) == 0) {
      *to = &each;
      return SUCCESS;
    }
  }
  return NOT_FOUND;
}
API cuFuncSetAttribute(const emulated::kernel* kernel, int attribute, int value) {
  GUARDED;
  if (attribute != 8 || value < 0 || value > MOST_SHARED) return INVALID_VALUE;
  dynamic_limits[kernel] = value;
  return SUCCESS;
}
API cuLaunchKernel(const emulated::kernel* kernel, unsigned gx, unsigned gy, unsigned gz,
                   unsigned bx, unsigned by, unsigned bz, unsigned dynamic_bytes, stream* on,
                   void** parameters, void** extra) {
  GUARDED;
  if (!initialized) return NOT_INITIALIZED;
  const bool sizes = gx > 0 && gy > 0 && gz > 0 && gy < 65536 && gz < 65536 && bx * by * bz > 0 &&
                     bx * by * bz <= 1024;
  if (!kernel || extra || !sizes) return INVALID_VALUE;
  const int limit = dynamic_limits.count(kernel) ? dynamic_limits[kernel] : FREE_SHARED;
  if ((int)dynamic_bytes > limit) return INVALID_VALUE;
  std::vector<char> values;
  for (size_t i = 0; i < kernel->sizes.size(); i++) {
    const size_t size = kernel->sizes[i];
    values.resize((values.size() + size - 1) / size * size + size);
    memcpy(values.data() + values.size() - size, parameters[i], size);
  }
  return submit(on, [=] {
    return launch(kernel, {gx, gy, gz}, {bx, by, bz}, dynamic_bytes, values);
  });
}

API cuStreamBeginCapture_v2(stream* on, int) {
  GUARDED;
  if (!on || on->captured) return ILLEGAL_STATE;
  on->captured = new graph();
  on->captured->origin = on;
  captures++;
  return SUCCESS;
}
API cuStreamEndCapture(stream* on, graph** to) {
  GUARDED;
  if (!on || !on->captured) return ILLEGAL_STATE;
  graph* const ended = on->captured;
  bool unjoined = false;
  for (stream* each : ended->joined) {
    unjoined |= each->waited_for != each->submitted;
    each->captured = nullptr;
    each->late.clear();
    each->submitted = each->waited_for = 0;
  }
  on->captured = nullptr;
  on->submitted = 0;
  *to = unjoined ? nullptr : ended;
  if (unjoined) delete ended;
  return unjoined ? CAPTURE_UNJOINED : SUCCESS;
}
API cuGraphInstantiateWithFlags(graph** to, graph* from, unsigned long long) {
  *to = new graph(*from);
  return SUCCESS;
}
API cuGraphLaunch(graph* executable, stream* on) {
  GUARDED;
  if (on && on->captured) return CAPTURE_UNSUPPORTED;
  for (auto& step : executable->steps) {
    if (!fault.empty()) return LAUNCH_FAILED;
    if (int error = step()) return error;
  }
  return SUCCESS;
}
API cuGraphExecDestroy(graph* at) {
  delete at;
  return SUCCESS;
}
API cuGraphDestroy(graph* at) {
  delete at;
  return SUCCESS;
}
