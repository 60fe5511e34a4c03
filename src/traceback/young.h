/* SPDX-License-Identifier: MIT */
/*
 * Processes that were forked a moment ago.  Most end soon, as a shell's
 * sub-shells do, and the kernel copies each page that such a process writes: a
 * page costs as much as many walks.  So the first walks of a forked process
 * leave alone what would only make later walks faster.
 *
 * Where a process has several threads it is not taken for young: what its walks
 * remember meanwhile is for one thread.  Context: hook.
 */
#ifndef LS_TRACEBACK_YOUNG_H
#define LS_TRACEBACK_YOUNG_H

#include <stdatomic.h>
#include <sys/single_threaded.h>

/* Walks that are left until the process is no longer young. */
extern _Atomic unsigned ls_young_walks __attribute__((visibility("hidden")));

static inline int ls_is_young(void) {
  return __builtin_expect(
             atomic_load_explicit(&ls_young_walks, memory_order_relaxed) != 0,
             0) &&
         __libc_single_threaded;
}

/* The process was forked just now, or has walked once more. */
void ls_young_begin(void);
void ls_young_walked(void);

#endif
