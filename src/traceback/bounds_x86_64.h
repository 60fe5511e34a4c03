/* SPDX-License-Identifier: MIT */
/*
 * What a walk may read: from the frame at hand up to a bound.
 *
 *   a thread's own stack      up to its end, which is known: it is there as
 *                             long as the thread runs
 *   any other stack           the page of the frame at hand, in which the hook
 *   (a coroutine's, one for   itself runs; then page by page, as far as the
 *   signals)                  kernel says that there is something to read
 *
 * What was read beyond the page of an unknown stack may be gone when the same
 * place is reached again, so such a walk is not kept (see `is_sure`).
 * Context: hook.
 */
#ifndef LS_TRACEBACK_BOUNDS_X86_64_H
#define LS_TRACEBACK_BOUNDS_X86_64_H

#include <stdint.h>

struct ls_bounds {
  uintptr_t low, end; /* [low, end) can be read */
  int is_sure;        /* 1: all of it will be there for a later look, too */
};

/* The main thread's stack; the end of a new thread's is said by the hook of
   pthread_create.  Context: runner. */
void ls_bounds_init(void);

/* For a walk that begins at an address at which something was just written. */
struct ls_bounds ls_bounds_at(uintptr_t address);

/* For a walk that goes on from `from`, where a signal came, to a place that the
   signal's context names. */
struct ls_bounds ls_bounds_after_signal(struct ls_bounds from, uintptr_t rsp);

/* Makes a word part of the bounds if it can be read; 0 if it cannot. */
int ls_bounds_extend(struct ls_bounds *bounds, uintptr_t address);

static inline int ls_bounds_have(const struct ls_bounds *bounds,
                                 uintptr_t address) {
  return address >= bounds->low && address <= bounds->end - sizeof(uintptr_t) &&
         bounds->end;
}

static inline int ls_bounds_reach(struct ls_bounds *bounds, uintptr_t address) {
  return ls_bounds_have(bounds, address) || ls_bounds_extend(bounds, address);
}

#endif
