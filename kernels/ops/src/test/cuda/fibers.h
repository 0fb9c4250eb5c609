/* Threads of a block on one processor: each has a stack, and gives the word on when it has to wait. */
#ifndef STEERAGE_FIBERS_H
#define STEERAGE_FIBERS_H

#include <stdint.h>
#include <stdlib.h>

namespace fibers {

constexpr size_t STACK = 64 * 1024;

#if defined(__x86_64__)

/* Keeps what a call keeps, and nothing else: no signal mask, so no call of the system. */
extern "C" void steerage_fiber_switch(void** from, void* to);
asm(R"(
.text
.globl steerage_fiber_switch
.hidden steerage_fiber_switch
.type steerage_fiber_switch, @function
steerage_fiber_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
)");

struct fiber {
  void* stack_pointer = nullptr;
};

/* `entry` must not return. */
static inline void prepare(fiber* f, char* stack, void (*entry)()) {
  void** top = (void**)(stack + STACK);
  *--top = nullptr; /* alignment: at entry the stack is 8 beyond a multiple of 16 */
  *--top = (void*)entry;
  for (int i = 0; i < 6; i++) *--top = nullptr;
  f->stack_pointer = top;
}

static inline void change(fiber* from, fiber* to) {
  steerage_fiber_switch(&from->stack_pointer, to->stack_pointer);
}

#else
#include <ucontext.h>

struct fiber {
  ucontext_t context;
};

static inline void prepare(fiber* f, char* stack, void (*entry)()) {
  getcontext(&f->context);
  f->context.uc_stack.ss_sp = stack;
  f->context.uc_stack.ss_size = STACK;
  f->context.uc_link = nullptr;
  makecontext(&f->context, entry, 0);
}

static inline void change(fiber* from, fiber* to) { swapcontext(&from->context, &to->context); }

#endif

}  // namespace fibers

#endif
