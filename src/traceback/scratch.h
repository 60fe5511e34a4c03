/* SPDX-License-Identifier: MIT */
/*
 * Room to work in, for a hook, which must use next to nothing of the stack: the
 * program's may be a few KiB.
 *
 * A thread needs it for the time of a walk, so threads share it, but for the
 * first ones, which have room of their own.  A thread that left a hook by a
 * jump has its room still, and is given it again.  Context: hook.
 */
#ifndef LS_TRACEBACK_SCRATCH_H
#define LS_TRACEBACK_SCRATCH_H

#include <stdatomic.h>

enum { LS_SCRATCH_SIZE = 4096 - 64 };

struct ls_scratch {
  _Alignas(64) _Atomic unsigned user; /* thread's number plus one, 0: nobody */
  _Alignas(64) unsigned char room[LS_SCRATCH_SIZE];
};

/* NULL when there is no memory. */
struct ls_scratch *ls_scratch_take(void);

static inline void ls_scratch_release(struct ls_scratch *scratch) {
  atomic_store_explicit(&scratch->user, 0, memory_order_release);
}

#endif
