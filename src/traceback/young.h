/* SPDX-License-Identifier: MIT */
/*
 * Processes that were forked a moment ago, or have forked.  A forked process
 * mostly ends soon, as a shell's sub-shells do, and the kernel copies each page
 * that it writes, or that its parent writes: a page costs as much as many
 * walks.  So the first walks of a forked process leave alone what would only
 * make later walks faster.
 *
 * A process that forks time and again keeps what it walks only at first: after
 * some forks a path that is not known yet will hardly be met once more.
 *
 * Where a process has several threads it is not taken for young: what its walks
 * remember meanwhile is for one thread.  Context: hook.
 */
#ifndef LS_TRACEBACK_YOUNG_H
#define LS_TRACEBACK_YOUNG_H

#include <sys/single_threaded.h>

#include "platform/guard.h"

/* Of ls_own.young: walks that are left until the process is no longer young;
   forks that it has made; and whether it was forked itself. */
enum {
  LS_YOUNG_WALKS = 0xffff,
  LS_YOUNG_FORK = 0x10000,
  LS_YOUNG_FORKED = 0x40000000
};

static inline int ls_is_young(void) {
  return __builtin_expect((ls_own.young & LS_YOUNG_WALKS) != 0, 0) &&
         __libc_single_threaded;
}

/* The same, of a process that was forked. */
static inline int ls_is_young_child(void) {
  return ls_is_young() && ls_own.young & LS_YOUNG_FORKED;
}

/* The process was forked just now, or has forked, or has walked once more. */
void ls_young_begin(void);
void ls_young_forked(void);
static inline void ls_young_walked(void) { ls_own.young--; }

#endif
