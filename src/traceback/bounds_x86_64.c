/* SPDX-License-Identifier: MIT */
/* Says how far a walk may read, on stacks that are known and on others. */
#include "traceback/bounds_x86_64.h"

#include <stddef.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/guard.h"
#include "platform/readable.h"

enum {
  WORD = sizeof(uintptr_t),
  RED_ZONE = 128,          /* bytes below rsp that a leaf function may use */
  MAIN_STACK = 64 << 20,   /* the kernel leaves twice that free below its end */
  LARGEST_GAP = 1 << 20,   /* bytes from one word of a walk to the next */
  THREAD_STEP = 256 * 1024 /* of a thread's stack, looked through at once */
};

static struct { uintptr_t low, end; } main_stack;

void ls_bounds_init(void) {
  /* The name of the program's file lies above all frames. */
  uintptr_t end = getauxval(AT_EXECFN) & ~(uintptr_t)(WORD - 1);
  if (end <= MAIN_STACK) return;
  main_stack.low = end - MAIN_STACK;
  main_stack.end = end;
}

static int is_in_main(uintptr_t address) {
  return address >= main_stack.low && address < main_stack.end;
}

static int is_in_own(uintptr_t address) {
  return address >= ls_own.stack_low && address < ls_own.stack_end;
}

/* The end of the stack that is known to have an address, 0 if none has. */
static uintptr_t end_of_known(uintptr_t address) {
  if (is_in_own(address)) return ls_own.stack_end;
  return is_in_main(address) ? main_stack.end : 0;
}

/* Its descriptor is nowhere near its stack. */
static int is_main_thread(void) {
  return syscall(SYS_getpid) == syscall(SYS_gettid);
}

/*
 * A thread that was not seen to begin has its descriptor at the end of its
 * stack.  If all that lies between can be read, with no guard page, then it is
 * the thread's stack, and there as long as the thread is.
 */
static int learn_own(uintptr_t address) {
  uintptr_t known = ls_own.stack_end ? ls_own.stack_low
                                     : (uintptr_t)__builtin_thread_pointer();
  if (address >= known || known - address > THREAD_STEP || is_main_thread() ||
      !ls_are_readable(address, known - WORD))
    return 0;
  if (!ls_own.stack_end) ls_own.stack_end = known;
  ls_own.stack_low = ls_page_of(address);
  return 1;
}

struct ls_bounds ls_bounds_at(uintptr_t address) {
  uintptr_t end = end_of_known(address);
  if (!end && learn_own(address)) end = ls_own.stack_end;
  return (struct ls_bounds){.low = address,
                            .end = end ? end : ls_page_of(address) + LS_PAGE,
                            .is_sure = 1};
}

struct ls_bounds ls_bounds_after_signal(struct ls_bounds from, uintptr_t rsp) {
  uintptr_t low = rsp - RED_ZONE, end = end_of_known(rsp);
  /* Outward on one stack: what lies below is not asked for. */
  if (end && end == from.end && rsp >= from.low)
    return (struct ls_bounds){low > from.low ? low : from.low, end,
                              from.is_sure};
  /* A stack that has run over is not there where rsp is. */
  uintptr_t first = (rsp + WORD - 1) & ~(uintptr_t)(WORD - 1);
  if (!ls_is_readable(first)) return (struct ls_bounds){rsp, 0, 0};
  if (end) return (struct ls_bounds){first, end, from.is_sure};
  return (struct ls_bounds){first, ls_page_of(first) + LS_PAGE, 0};
}

/* A word elsewhere, as where code has gone over to another stack. */
static int begin_elsewhere(struct ls_bounds *bounds, uintptr_t address) {
  if (!ls_is_readable(address)) return 0;
  uintptr_t end = end_of_known(address);
  bounds->low = address;
  bounds->end = end ? end : ls_page_of(address) + LS_PAGE;
  return 1;
}

int ls_bounds_extend(struct ls_bounds *bounds, uintptr_t address) {
  if (address % WORD) return 0;
  uintptr_t end = end_of_known(address);
  if (!end) bounds->is_sure = 0; /* whether it can be read or not */
  if (!bounds->end || (end && end != bounds->end) || address < bounds->low ||
      address - bounds->end > LARGEST_GAP)
    return begin_elsewhere(bounds, address);
  if (!ls_are_readable(bounds->end, address)) return 0;
  bounds->end = ls_page_of(address) + LS_PAGE;
  return 1;
}
