/* SPDX-License-Identifier: MIT */
/*
 * The blocks of a young process that was forked.  Such a process mostly frees
 * some of its parent's blocks, allocates a few, and ends; each page of the
 * shadow map and of the counters that it writes is a page that the kernel has
 * to copy first.  So what it does is noted here, in a page that it writes in
 * any case, and is in the map and the counters from `_end` on: when there is no
 * room, when a while has passed, when a thread begins, or when anybody asks.
 *
 * Meanwhile no hook goes the short way, so that the short way need not ask.
 * Nothing is noted while something is measured.  Context: hook, but for
 * those that say runner.
 */
#ifndef LS_TRACKER_EARLY_H
#define LS_TRACKER_EARLY_H

#include <stddef.h>
#include <stdint.h>

#include "tracker/shadow.h"
#include "tracker/tracker.h"

extern int ls_early_notes __attribute__((visibility("hidden")));

static inline int ls_is_early(void) {
  return __builtin_expect(__atomic_load_n(&ls_early_notes, __ATOMIC_RELAXED),
                          0);
}

/* The process was forked just now, has one thread, and measures nothing. */
void ls_early_begin(void);

/* All: 1; 0 where it is to be done in the map, as ls_shadow_set does it, and
   as ls_shadow_take does: no notes are taken from then on. */
int ls_early_put(uintptr_t block, struct ls_shadow_entry entry, size_t usable);
int ls_early_take(uintptr_t block, size_t usable,
                  struct ls_shadow_entry *entry);

/* The same of objects of a site that have no size, or fewer of them. */
int ls_early_count(uint32_t site, int64_t objects);

/* Whether a block is known, by the notes and by the map. */
int ls_early_knows(uintptr_t block);

/* All that was noted goes where it belongs. */
void ls_early_write(void);
static inline void ls_early_end(void) {
  if (ls_is_early()) ls_early_write();
}

/* Adds what was noted to what the counters hold of sites [0, n), and leaves it
   noted: a signal handler may have come between.  Context: runner. */
void ls_early_sum(struct ls_live *to, uint32_t n);

#endif
