/* SPDX-License-Identifier: MIT */
/* Takes a snapshot: what is alive now, by traceback. */
#include <errno.h>
#include <time.h>

#include "platform/clock.h"
#include "platform/thread.h"
#include "snapshot/snapshot.h"
#include "tracker/threads.h"
#include "tracker/tracker.h"

enum { PATH_MAX_FRAMES = 252 };

static int add_trace(struct leakslope_snapshot *snapshot, uint32_t site) {
  struct ls_live live = snapshot->copy->live[site];
  if (live.count <= 0 && live.bytes <= 0) return 0;
  uintptr_t pcs[PATH_MAX_FRAMES];
  size_t n = ls_tracker_path(site, pcs, PATH_MAX_FRAMES);
  struct ls_trace *trace = &snapshot->traces[snapshot->ntraces];
  *trace = (struct ls_trace){.domain = ls_tracker_domain(site),
                             .count = live.count,
                             .bytes = live.bytes,
                             .n = n};
  trace->pcs = ls_arena_copy(&snapshot->arena, pcs, n * sizeof *pcs);
  if (!trace->pcs) return -ENOMEM;
  snapshot->ntraces++;
  return 0;
}

static void forget_copy(struct leakslope_snapshot *snapshot) {
  ls_copy_free(snapshot->copy);
  snapshot->list = NULL;
  snapshot->forget = NULL;
}

static int is_alive(const struct ls_copy *copy, uint32_t site) {
  return (copy->live[site].count | copy->live[site].bytes) != 0;
}

static int list_traces(struct leakslope_snapshot *snapshot) {
  const struct ls_copy *copy = snapshot->copy;
  size_t most = 0;
  for (uint32_t site = 1; site < copy->n; site++)
    most += (size_t)is_alive(copy, site);
  snapshot->ntraces = 0;
  snapshot->traces =
      ls_arena_alloc(&snapshot->arena, (most + 1) * sizeof *snapshot->traces);
  int rc = snapshot->traces ? 0 : -ENOMEM;
  for (uint32_t site = 1; site < copy->n && !rc; site++)
    if (is_alive(copy, site)) rc = add_trace(snapshot, site);
  if (!rc) forget_copy(snapshot);
  return rc;
}

static void add_origin(struct leakslope_snapshot *snapshot) {
  snapshot->time = ls_clock_ns(CLOCK_REALTIME);
  snapshot->pid = ls_thread_process();
  snapshot->nframe = ls_tracker_nframe();
  snapshot->drops = ls_tracker_drops();
}

struct leakslope_snapshot *ls_snapshot_take_now(void) {
  struct leakslope_snapshot *snapshot = ls_snapshot_new();
  if (!snapshot) return NULL;
  snapshot->copy = ls_arena_alloc(&snapshot->arena, sizeof *snapshot->copy);
  if (snapshot->copy && !ls_tracker_copy(snapshot->copy)) {
    snapshot->list = list_traces;
    snapshot->forget = forget_copy;
    add_origin(snapshot);
    return snapshot;
  }
  ls_snapshot_free(snapshot);
  return NULL;
}

struct leakslope_snapshot *ls_snapshot_take(void) {
  ls_threads_reap();
  return ls_snapshot_take_now();
}
