/* SPDX-License-Identifier: MIT */
/*
 * Children that use this process's memory, and so our tables too, until they
 * have become another program: those of vfork, and of clone with CLONE_VM.
 * Their descriptors, timers and threads are their own, and are in no table;
 * what they do to the memory is done to the one that both have.
 * Context: hook.
 */
#ifndef LS_PLATFORM_LENT_H
#define LS_PLATFORM_LENT_H

#include <stdatomic.h>

/* Whose memory a child of this thread may be using; 0: nobody does. */
extern _Thread_local int ls_lent_by
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

/* The same, where the thread goes on beside its child. */
extern _Atomic int ls_lent_for_good __attribute__((visibility("hidden")));

/* A child is about to be made that uses the memory; `waits`: until it has done
   with it this thread stands still. */
void ls_lent(int waits);

/* In the child of a fork: the memory is its own. */
void ls_lent_after_fork(void);

int ls_lent_ask(void);

/* Whether the caller is such a child.  The kernel is asked at the first call
   after one was made, and no more where that is the parent's. */
static inline int ls_is_guest(void) {
  int lent = ls_lent_by |
             atomic_load_explicit(&ls_lent_for_good, memory_order_relaxed);
  return __builtin_expect(lent, 0) && ls_lent_ask();
}

#endif
