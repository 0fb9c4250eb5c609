#include "blocks.h"

#include <algorithm>
#include <random>
#include <vector>

#include "emulated_device.h"
#include "fibers.h"

emulated_index threadIdx, blockIdx, blockDim, gridDim;

extern unsigned char __start_steerage_shared[] __attribute__((weak));
extern unsigned char __stop_steerage_shared[] __attribute__((weak));

namespace emulated {

unsigned char* dynamic_shared;

namespace {

enum class state { ready, in_warp, in_barrier, done };

struct warp {
  int arrived = 0;
  int kind = 0;
  int line = 0;
  int turn = 0;
  uint32_t words[2][32 * WORDS];
};

struct thread {
  fibers::fiber fiber;
  emulated_index index;
  state at = state::ready;
  int number = 0;
};

/* One launch at a time: the driver holds a lock. */
struct block {
  std::vector<thread> threads;
  std::vector<warp> warps;
  std::vector<char> stacks;
  std::vector<int> order;
  fibers::fiber scheduler;
  thread* running = nullptr;
  const std::function<void()>* body = nullptr;
  int live = 0;
  int waiting = 0;
  int line = 0;
  std::string fault;
};

block* now;

std::string place() {
  return " in thread " + std::to_string(now->running->number) + " of block " +
         std::to_string(blockIdx.x) + "," + std::to_string(blockIdx.y) + "," +
         std::to_string(blockIdx.z);
}

void wait(state why) {
  thread* self = now->running;
  self->at = why;
  fibers::change(&self->fiber, &now->scheduler);
}

void enter() {
  (*now->body)();
  thread* self = now->running;
  self->at = state::done;
  now->live--;
  fibers::change(&self->fiber, &now->scheduler);
}

void fail(const std::string& what) {
  if (now->fault.empty()) now->fault = what;
}

/* Gives every thread the word until all are done, or none can go on. */
void schedule() {
  while (now->live > 0 && now->fault.empty()) {
    bool moved = false;
    for (int number : now->order) {
      thread& next = now->threads[number];
      if (next.at != state::ready) continue;
      moved = true;
      now->running = &next;
      threadIdx = next.index;
      fibers::change(&now->scheduler, &next.fiber);
      if (!now->fault.empty()) return;
    }
    if (moved) continue;
    fail(now->waiting > 0 && now->waiting < (int)now->threads.size()
             ? "divergent barrier at line " + std::to_string(now->line) + place()
             : "lanes of a warp wait for others that do not come" + place());
  }
}

}  // namespace

int lane() { return now->running->number % 32; }

void refuse(const char* what, int line) {
  fail(std::string(what) + " at line " + std::to_string(line) + place());
  wait(state::done);
}

const uint32_t* exchange(int kind, int line, const uint32_t* words, int count) {
  warp& mine = now->warps[now->running->number / 32];
  if (mine.arrived > 0 && (mine.kind != kind || mine.line != line)) {
    refuse("lanes of a warp meet at different exchanges", line);
  }
  mine.kind = kind;
  mine.line = line;
  const int turn = mine.turn;
  uint32_t* all = mine.words[turn];
  for (int i = 0; i < count; i++) all[lane() * WORDS + i] = words[i];
  if (++mine.arrived < 32) {
    wait(state::in_warp);
  } else {
    mine.arrived = 0;
    mine.turn = 1 - turn;
    const int first = now->running->number / 32 * 32;
    for (int i = first; i < first + 32; i++) now->threads[i].at = state::ready;
  }
  return all;
}

void barrier(int line) {
  if (now->waiting > 0 && now->line != line) {
    refuse("threads meet at different barriers", line);
  }
  now->line = line;
  if (++now->waiting < (int)now->threads.size()) {
    wait(state::in_barrier);
    return;
  }
  now->waiting = 0;
  for (thread& each : now->threads) each.at = state::ready;
}

std::string run(const std::function<void()>& body, shape grid, shape shape_of_block,
                size_t dynamic_bytes, int order) {
  static block shared_block;
  now = &shared_block;
  const int size = shape_of_block.x * shape_of_block.y * shape_of_block.z;
  if (size % 32 != 0) return "threads of a block: " + std::to_string(size) + ", not whole warps";
  now->fault.clear();
  now->body = &body;
  now->threads.resize(size);
  now->warps.assign(size / 32, warp());
  if (now->stacks.size() < size * fibers::STACK) now->stacks.resize(size * fibers::STACK);
  now->order.resize(size);
  for (int i = 0; i < size; i++) now->order[i] = order == 1 ? size - 1 - i : i;
  std::mt19937 random(order);
  std::vector<unsigned char> room(dynamic_bytes + 32);
  dynamic_shared = (unsigned char*)(((uintptr_t)room.data() + 15) / 16 * 16);
  blockDim = {shape_of_block.x, shape_of_block.y, shape_of_block.z};
  gridDim = {grid.x, grid.y, grid.z};
  for (unsigned z = 0; z < grid.z; z++) {
    for (unsigned y = 0; y < grid.y; y++) {
      for (unsigned x = 0; x < grid.x; x++) {
        blockIdx = {x, y, z};
        /* Nobody may count on what a block before left behind. */
        std::fill(room.begin(), room.end(), 0xff);
        if (__start_steerage_shared) {
          std::fill(__start_steerage_shared, __stop_steerage_shared, 0xff);
        }
        if (order > 1) std::shuffle(now->order.begin(), now->order.end(), random);
        now->live = size;
        now->waiting = 0;
        for (int i = 0; i < size; i++) {
          thread& each = now->threads[i];
          each.number = i;
          each.at = state::ready;
          const unsigned n = i;
          each.index = {n % blockDim.x, n / blockDim.x % blockDim.y,
                        n / blockDim.x / blockDim.y};
          /* 16 bytes off, and the stack's end is a multiple of 16. */
          char* end = (char*)(((uintptr_t)now->stacks.data() + (i + 1) * fibers::STACK) / 16 * 16);
          fibers::prepare(&each.fiber, end - fibers::STACK, enter);
        }
        schedule();
        if (!now->fault.empty()) return now->fault;
      }
    }
  }
  const unsigned char* past = dynamic_shared + dynamic_bytes;
  for (const unsigned char* p = past; p < room.data() + room.size(); p++) {
    if (*p != 0xff) return "write beyond dynamic shared memory of " + std::to_string(dynamic_bytes);
  }
  return "";
}

}  // namespace emulated
