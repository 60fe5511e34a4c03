/* SPDX-License-Identifier: MIT */
/*
 * The public functions on snapshots and tracebacks that ask nothing of the
 * tracer.  As everywhere above the hook line, the thread is marked as ours
 * while one runs.
 */
#include <errno.h>
#include <string.h>

#include "leakslope.h"
#include "platform/guard.h"
#include "platform/text.h"
#include "snapshot/file.h"
#include "snapshot/snapshot.h"

/* ---- texts that are given away -------------------------------------------
 */

/* The arena in front of the text goes with it. */
struct owned_string {
  struct ls_arena arena;
  char text[];
};

static char *give(const struct ls_text *text) {
  struct ls_arena arena = {0};
  struct owned_string *owned =
      text->truncated
          ? NULL
          : ls_arena_alloc(&arena, sizeof *owned + text->length + 1);
  if (!owned) return NULL;
  memcpy(owned->text, ls_text_string(text), text->length + 1);
  owned->arena = arena;
  return owned->text;
}

void leakslope_string_free(char *string) {
  if (!string) return;
  struct owned_string *owned =
      (struct owned_string *)(void *)(string -
                                      offsetof(struct owned_string, text));
  struct ls_arena arena = owned->arena;
  ls_arena_release(&arena);
}

char *leakslope_traceback_format(const struct leakslope_traceback *tb,
                                 int limit, int most_recent_first) {
  int before = ls_guard_enter();
  struct ls_arena scratch = {0};
  struct ls_text text = {.arena = &scratch};
  ls_traceback_words(&text, tb, limit, most_recent_first);
  char *given = give(&text);
  ls_arena_release(&scratch);
  ls_guard_leave(before);
  return given;
}

char *leakslope_snapshot_folded(struct leakslope_snapshot *snapshot,
                                struct leakslope_snapshot *baseline,
                                enum leakslope_weight weight) {
  int before = ls_guard_enter();
  struct ls_arena scratch = {0};
  struct ls_text text = {.arena = &scratch};
  int rc = ls_snapshot_fold(&text, snapshot, baseline, weight);
  char *given = rc ? NULL : give(&text);
  ls_arena_release(&scratch);
  ls_guard_leave(before);
  return given;
}

/* ---- snapshots -----------------------------------------------------------
 */

unsigned leakslope_snapshot_get_traceback_limit(
    const struct leakslope_snapshot *snapshot) {
  return snapshot->nframe;
}

int leakslope_snapshot_traces(struct leakslope_snapshot *snapshot,
                              const struct leakslope_trace **out, size_t *n) {
  int before = ls_guard_enter();
  int rc = ls_snapshot_traces(snapshot, out, n);
  ls_guard_leave(before);
  return rc;
}

struct leakslope_snapshot *leakslope_snapshot_filter_traces(
    struct leakslope_snapshot *snapshot, const struct leakslope_filter *filters,
    size_t n) {
  int before = ls_guard_enter();
  struct leakslope_snapshot *filtered;
  int rc = ls_snapshot_filter(snapshot, filters, n, &filtered);
  ls_guard_leave(before);
  if (rc) errno = -rc;
  return rc ? NULL : filtered;
}

int leakslope_snapshot_dump(struct leakslope_snapshot *snapshot,
                            const char *path) {
  int before = ls_guard_enter();
  int rc = ls_snapshot_dump(snapshot, path);
  ls_guard_leave(before);
  return rc;
}

struct leakslope_snapshot *leakslope_snapshot_load(const char *path) {
  int before = ls_guard_enter();
  struct leakslope_snapshot *snapshot;
  int rc = ls_snapshot_load(path, &snapshot);
  ls_guard_leave(before);
  if (rc) errno = -rc;
  return rc ? NULL : snapshot;
}
