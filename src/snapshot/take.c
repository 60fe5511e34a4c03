/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE 1
#include <errno.h>
#include <time.h>

#include "snapshot/snapshot.h"
#include "symbolize/sys.h"
#include "tracker/tracker.h"

enum { PATH_MAX_FRAMES = 252 };

static int add_trace(struct leakslope_snapshot *snapshot, uint32_t site) {
  struct ls_live live = ls_tracker_live(site);
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

static void add_origin(struct leakslope_snapshot *snapshot) {
  struct timespec now = {0, 0};
  (void)LS_SYS(SYS_clock_gettime, CLOCK_REALTIME, &now);
  snapshot->time = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
  snapshot->pid = (uint32_t)LS_SYS(SYS_getpid);
  snapshot->nframe = ls_tracker_nframe();
  snapshot->drops = ls_tracker_drops();
}

struct leakslope_snapshot *ls_snapshot_take(void) {
  struct leakslope_snapshot *snapshot = ls_snapshot_new();
  if (!snapshot) return NULL;
  add_origin(snapshot);
  uint32_t sites = ls_tracker_sites();
  snapshot->traces =
      ls_arena_alloc(&snapshot->arena, (sites + 1) * sizeof *snapshot->traces);
  int rc = snapshot->traces ? 0 : -ENOMEM;
  for (uint32_t site = 1; site <= sites && !rc; site++)
    rc = add_trace(snapshot, site);
  if (!rc) return snapshot;
  ls_snapshot_free(snapshot);
  return NULL;
}
