/* SPDX-License-Identifier: MIT */
/* Keeps the bounds that a program gives for what its functions hold. */
#include <errno.h>
#include <string.h>

#include "accept/accept.h"
#include "platform/lock.h"

/* Those of the program; a test case's come with the plan. */
enum { BOUNDS = 256 };
static struct {
  struct ls_lock lock; /* the program's threads may set them */
  struct ls_arena arena;
  struct leakslope_limit all[BOUNDS];
  size_t n;
} bounds;

static int set(const char *pattern, size_t count) {
  for (size_t i = 0; i < bounds.n; i++)
    if (!strcmp(bounds.all[i].pattern, pattern)) {
      bounds.all[i].count = count;
      return 0;
    }
  if (bounds.n == BOUNDS) return -ENOSPC;
  const char *copy = ls_arena_string(&bounds.arena, pattern);
  if (!copy) return -ENOMEM;
  bounds.all[bounds.n++] = (struct leakslope_limit){copy, count};
  return 0;
}

int ls_bound_set(const char *pattern, size_t count) {
  if (!pattern || !*pattern) return -EINVAL;
  if (!ls_lock_take(&bounds.lock)) return -EBUSY;
  int rc = set(pattern, count);
  ls_lock_release(&bounds.lock);
  return rc;
}

size_t ls_bounds(void) { return bounds.n; }

static const struct leakslope_limit *larger(const struct leakslope_limit *best,
                                            const struct leakslope_limit *all,
                                            size_t nall,
                                            const struct leakslope_frame *f,
                                            size_t n) {
  for (size_t i = 0; i < nall; i++)
    if (ls_pattern_matches_any(all[i].pattern, f, n) &&
        (!best || all[i].count > best->count))
      best = &all[i];
  return best;
}

const struct leakslope_limit *ls_bound_of(const struct leakslope_limit *own,
                                          size_t nown,
                                          const struct leakslope_frame *frames,
                                          size_t n) {
  const struct leakslope_limit *best = larger(NULL, own, nown, frames, n);
  return larger(best, bounds.all, bounds.n, frames, n);
}
