/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "callsite/callsite.h"
#include "snapshot/snapshot.h"
#include "symbolize/symbolize.h"
#include "tracker/threads.h"
#include "tracker/tracker.h"

enum { PATH_MAX_FRAMES = 252 };

static int add_trace(struct leakslope_snapshot *snapshot, uint32_t site) {
  struct ls_live live = ls_copy_live(&snapshot->copy, site);
  if (live.count <= 0 && live.bytes <= 0) return 0;
  uintptr_t pcs[PATH_MAX_FRAMES];
  size_t n = ls_tracker_path(site, pcs, PATH_MAX_FRAMES);
  struct ls_trace *trace = &snapshot->traces[snapshot->ntraces];
  *trace = (struct ls_trace){.site = site,
                             .domain = ls_tracker_domain(site),
                             .count = live.count,
                             .bytes = live.bytes,
                             .npcs = n};
  trace->pcs = ls_arena_copy(&snapshot->arena, pcs, n * sizeof *pcs);
  if (!trace->pcs) return -ENOMEM;
  snapshot->ntraces++;
  return 0;
}

static int make_traces(struct leakslope_snapshot *snapshot) {
  size_t most = 0;
  for (uint32_t site = 1; site < snapshot->copy.n; site++)
    most += snapshot->copy.packed[site] != 0;
  snapshot->ntraces = 0;
  snapshot->traces =
      ls_arena_alloc(&snapshot->arena, (most + 1) * sizeof *snapshot->traces);
  int rc = snapshot->traces ? 0 : -ENOMEM;
  for (uint32_t site = 1; site < snapshot->copy.n && !rc; site++)
    if (snapshot->copy.packed[site]) rc = add_trace(snapshot, site);
  return rc;
}

struct leakslope_snapshot *ls_snapshot_take(void) {
  struct ls_arena arena = {0};
  struct leakslope_snapshot *snapshot =
      ls_arena_alloc(&arena, sizeof *snapshot);
  if (!snapshot) return NULL;
  snapshot->arena = arena;
  ls_threads_reap();
  if (!ls_tracker_copy(&snapshot->copy)) return snapshot;
  ls_arena_release(&arena);
  return NULL;
}

void ls_snapshot_free(struct leakslope_snapshot *snapshot) {
  if (!snapshot) return;
  ls_arena_release(&snapshot->results);
  ls_copy_free(&snapshot->copy);
  /* The snapshot lies in its own arena: keep the handle outside of it. */
  struct ls_arena arena = snapshot->arena;
  ls_arena_release(&arena);
}

/* The frames of n addresses, joined (inlined ones included). */
static int join_frames(struct ls_arena *arena, const struct ls_frames *parts,
                       size_t n, struct leakslope_traceback *out) {
  size_t total = 0;
  for (size_t i = 0; i < n; i++) total += parts[i].n;
  struct leakslope_frame *frames =
      ls_arena_alloc(arena, total * sizeof *frames);
  if (!frames) return -ENOMEM;
  out->frames = frames;
  out->nframe = 0;
  out->total_nframe = (unsigned)total;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < parts[i].n; k++)
      frames[out->nframe++] = parts[i].frames[k];
  return 0;
}

int ls_traceback_make(struct ls_arena *arena, const uintptr_t *pcs, size_t n,
                      struct leakslope_traceback *out) {
  struct ls_frames *parts = ls_arena_alloc(arena, n * sizeof *parts);
  if (!parts) return -ENOMEM;
  if (ls_symbolize(arena, pcs, n, parts) == -ENOMEM) return -ENOMEM;
  return join_frames(arena, parts, n, out);
}

int ls_snapshot_resolve(struct leakslope_snapshot *snapshot) {
  if (snapshot->resolved) return 0;
  if (make_traces(snapshot)) return -ENOMEM;
  struct ls_arena *arena = &snapshot->arena;
  size_t total = 0;
  for (size_t i = 0; i < snapshot->ntraces; i++)
    total += snapshot->traces[i].npcs;
  uintptr_t *pcs = ls_arena_alloc(arena, total * sizeof *pcs);
  struct ls_frames *parts = ls_arena_alloc(arena, total * sizeof *parts);
  if (!pcs || !parts) return -ENOMEM;
  size_t at = 0;
  for (size_t i = 0; i < snapshot->ntraces; i++) {
    const struct ls_trace *trace = &snapshot->traces[i];
    memcpy(pcs + at, trace->pcs, trace->npcs * sizeof *pcs);
    at += trace->npcs;
  }
  /* One question for all: the helper is started once. */
  if (ls_symbolize(arena, pcs, total, parts) == -ENOMEM) return -ENOMEM;
  at = 0;
  for (size_t i = 0; i < snapshot->ntraces; i++) {
    struct ls_trace *trace = &snapshot->traces[i];
    if (join_frames(arena, parts + at, trace->npcs, &trace->traceback))
      return -ENOMEM;
    trace->named =
        ls_callsite_named(trace->traceback.frames, trace->traceback.nframe);
    at += trace->npcs;
  }
  snapshot->resolved = 1;
  return 0;
}
