/* SPDX-License-Identifier: MIT */
/* Turns the places of a snapshot into frames, and releases snapshots. */
#include <errno.h>

#include "callsite/callsite.h"
#include "snapshot/snapshot.h"

/* All frames of a snapshot, 64 MiB times the size of one at most: a file that
   names more is not one of ours. */
static const size_t frames_limit = (size_t)1 << 25;

struct leakslope_snapshot *ls_snapshot_new(void) {
  struct ls_arena arena = {0};
  struct leakslope_snapshot *snapshot =
      ls_arena_alloc(&arena, sizeof *snapshot);
  if (snapshot) snapshot->arena = arena;
  return snapshot;
}

void ls_snapshot_free(struct leakslope_snapshot *snapshot) {
  if (!snapshot) return;
  ls_arena_release(&snapshot->results);
  if (snapshot->forget) snapshot->forget(snapshot);
  /* The snapshot lies in its own arena: keep the handle outside of it. */
  struct ls_arena arena = snapshot->arena;
  ls_arena_release(&arena);
}

/* ---- symbols of places --------------------------------------------------- */

static int ask(struct leakslope_snapshot *snapshot, struct ls_arena *scratch) {
  size_t n = 0;
  struct ls_place *places =
      ls_arena_alloc(scratch, snapshot->nspots * sizeof *places);
  struct ls_frames *frames =
      ls_arena_alloc(scratch, snapshot->nspots * sizeof *frames);
  if (!places || !frames) return -ENOMEM;
  for (size_t i = 0; i < snapshot->nspots; i++)
    if (!snapshot->spots[i].known.n) places[n++] = snapshot->spots[i].place;
  /* One question for all: the helper is started once. */
  if (ls_symbolize_places(&snapshot->arena, places, n, frames) == -ENOMEM)
    return -ENOMEM;
  n = 0;
  for (size_t i = 0; i < snapshot->nspots; i++)
    if (!snapshot->spots[i].known.n) snapshot->spots[i].known = frames[n++];
  return 0;
}

/* A place as a frame, where nobody can be asked for more. */
static int as_they_are(struct leakslope_snapshot *snapshot) {
  for (size_t i = 0; i < snapshot->nspots; i++) {
    struct ls_spot *spot = &snapshot->spots[i];
    if (spot->known.n) continue;
    struct leakslope_frame *frame =
        ls_arena_alloc(&snapshot->arena, sizeof *frame);
    if (!frame) return -ENOMEM;
    if (spot->place.module) frame->module = spot->place.module->path;
    frame->offset = spot->place.offset;
    spot->known = (struct ls_frames){1, frame, NULL};
  }
  return 0;
}

/* ---- tracebacks ---------------------------------------------------------- */

/* The frames of one trace, inlined ones included. */
static void join(const struct leakslope_snapshot *snapshot,
                 struct ls_trace *trace, struct leakslope_frame *frames) {
  size_t n = 0;
  for (size_t i = 0; i < trace->n; i++) {
    const struct ls_frames *known = &snapshot->spots[trace->steps[i]].known;
    for (size_t k = 0; k < known->n; k++) frames[n++] = known->frames[k];
  }
  trace->traceback = (struct leakslope_traceback){
      .nframe = n, .frames = frames, .total_nframe = (unsigned)n};
  trace->named = ls_callsite_innermost(frames, n);
}

static size_t frames_of(const struct leakslope_snapshot *snapshot,
                        const struct ls_trace *trace) {
  size_t n = 0;
  for (size_t i = 0; i < trace->n; i++)
    n += snapshot->spots[trace->steps[i]].known.n;
  return n;
}

static int join_all(struct leakslope_snapshot *snapshot) {
  size_t total = 0;
  for (size_t i = 0; i < snapshot->ntraces && total <= frames_limit; i++)
    total += frames_of(snapshot, &snapshot->traces[i]);
  if (total > frames_limit) return -ENOMEM;
  struct leakslope_frame *frames =
      ls_arena_alloc(&snapshot->arena, total * sizeof *frames);
  if (!frames) return -ENOMEM;
  for (size_t i = 0; i < snapshot->ntraces; i++) {
    struct ls_trace *trace = &snapshot->traces[i];
    join(snapshot, trace, frames);
    frames += trace->traceback.nframe;
  }
  return 0;
}

int ls_snapshot_resolve(struct leakslope_snapshot *snapshot) {
  if (snapshot->resolved) return 0;
  struct ls_arena scratch = {0};
  int rc = ls_snapshot_place(snapshot);
  if (!rc && !snapshot->asked) rc = ask(snapshot, &scratch);
  if (!rc) rc = as_they_are(snapshot);
  if (!rc) rc = join_all(snapshot);
  ls_arena_release(&scratch);
  snapshot->asked = snapshot->resolved = !rc;
  return rc;
}

int ls_traceback_make(struct ls_arena *arena, const uintptr_t *pcs, size_t n,
                      struct leakslope_traceback *out) {
  struct ls_frames *parts = ls_arena_alloc(arena, n * sizeof *parts);
  if (!parts) return -ENOMEM;
  if (ls_symbolize(arena, pcs, n, parts) == -ENOMEM) return -ENOMEM;
  size_t total = 0;
  for (size_t i = 0; i < n; i++) total += parts[i].n;
  struct leakslope_frame *frames =
      ls_arena_alloc(arena, total * sizeof *frames);
  if (!frames) return -ENOMEM;
  *out = (struct leakslope_traceback){
      .nframe = total, .frames = frames, .total_nframe = (unsigned)total};
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < parts[i].n; k++) *frames++ = parts[i].frames[k];
  return 0;
}
