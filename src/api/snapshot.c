/* SPDX-License-Identifier: MIT */
/* The public functions that ask the tracer for tracebacks and snapshots.  Each
   marks its thread as ours while it runs. */
#include "snapshot/snapshot.h"
#include "callsite/callsite.h"
#include "leakslope.h"
#include "platform/arena.h"
#include "platform/guard.h"
#include "tracker/tracker.h"

/* What the caller holds, in an arena that goes with it. */
struct owned_traceback {
  struct leakslope_traceback traceback; /* first: the handle is its address */
  struct ls_arena arena;
};

struct leakslope_traceback *leakslope_get_object_traceback(const void *ptr) {
  int before = ls_guard_enter();
  struct ls_arena arena = {0};
  struct owned_traceback *owned = NULL;
  uintptr_t pcs[252];
  uint32_t site = ptr ? ls_tracker_site_of(ptr) : 0;
  size_t n = site ? ls_tracker_path(site, pcs, 252) : 0;
  if (n) owned = ls_arena_alloc(&arena, sizeof *owned);
  if (owned && ls_traceback_make(&arena, pcs, n, &owned->traceback)) {
    ls_arena_release(&arena);
    owned = NULL;
  }
  if (owned) owned->arena = arena;
  ls_guard_leave(before);
  return owned ? &owned->traceback : NULL;
}

void leakslope_traceback_free(struct leakslope_traceback *tb) {
  if (!tb) return;
  struct ls_arena arena = ((struct owned_traceback *)(void *)tb)->arena;
  ls_arena_release(&arena);
}

/* ---- snapshots
 * --------------------------------------------------------------- */

struct leakslope_snapshot *leakslope_take_snapshot(void) {
  if (!ls_tracker_is_tracing()) return NULL;
  int before = ls_guard_enter();
  struct leakslope_snapshot *snapshot = ls_snapshot_take();
  ls_guard_leave(before);
  return snapshot;
}

void leakslope_snapshot_free(struct leakslope_snapshot *snapshot) {
  ls_snapshot_free(snapshot);
}

int leakslope_snapshot_statistics(struct leakslope_snapshot *snapshot,
                                  enum leakslope_key key, int cumulative,
                                  const struct leakslope_statistic **out,
                                  size_t *n) {
  int before = ls_guard_enter();
  int rc = ls_snapshot_statistics(snapshot, key, cumulative, out, n);
  ls_guard_leave(before);
  return rc;
}

int leakslope_snapshot_compare_to(struct leakslope_snapshot *after,
                                  struct leakslope_snapshot *baseline,
                                  enum leakslope_key key, int cumulative,
                                  const struct leakslope_statistic_diff **out,
                                  size_t *n) {
  int before = ls_guard_enter();
  int rc = ls_snapshot_compare(after, baseline, key, cumulative, out, n);
  ls_guard_leave(before);
  return rc;
}
