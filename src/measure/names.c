/* SPDX-License-Identifier: MIT */
/*
 * The names of what is to be shown: asked of the symbolizer, all at once.
 *
 * What is accepted is known by names.  On a busy machine the symbolizer may run
 * out of time, and a leak that a baseline or a suppression knows must not be
 * new for that: it gets more time then, and without names there is no verdict.
 */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "accept/accept.h"
#include "measure/measurement.h"
#include "symbolize/client.h"

enum { MORE_TIME_MS = 15 * 1000 };

static int is_anything_accepted(const struct leakslope_measurement *m) {
  const struct ls_suppression *suppressions;
  const struct ls_baseline_entry *entries;
  return ls_suppressions(&suppressions) || ls_baseline(&entries) ||
         m->plan.nbounds || ls_bounds();
}

/* Once more, with more time, where names decide. */
static void ask(const struct leakslope_measurement *m, struct ls_arena *arena,
                const uintptr_t *pcs, size_t n, struct ls_shown *shown) {
  int decide = is_anything_accepted(m);
  int rc = ls_symbolize(arena, pcs, n, shown->parts);
  if (rc == -ETIMEDOUT && decide) {
    int before = ls_symbolize_timeout_ms;
    ls_symbolize_timeout_ms = MORE_TIME_MS;
    rc = ls_symbolize(arena, pcs, n, shown->parts);
    ls_symbolize_timeout_ms = before;
  }
  shown->is_late = rc == -ETIMEDOUT;
  shown->is_unnamed = shown->is_late && decide;
}

/* A process that ran out of descriptors could not start the helper. */
static void allow_descriptors(struct rlimit *before) {
  if (getrlimit(RLIMIT_NOFILE, before)) before->rlim_cur = RLIM_INFINITY;
  struct rlimit more = *before;
  more.rlim_cur = before->rlim_max;
  if (before->rlim_cur != RLIM_INFINITY) (void)setrlimit(RLIMIT_NOFILE, &more);
}

/* parts[i] are those of the first record's pc i, the others' follow. */
static void resolve(const struct leakslope_measurement *m,
                    struct ls_arena *arena, struct ls_shown *shown) {
  size_t total = 0, at = 0;
  for (size_t i = 0; i < shown->n; i++) total += shown->records[i]->npcs;
  uintptr_t *pcs = ls_arena_alloc(arena, total * sizeof *pcs);
  shown->parts = ls_arena_alloc(arena, total * sizeof *shown->parts);
  if (!pcs || !shown->parts) {
    shown->n = 0;
    return;
  }
  for (size_t i = 0; i < shown->n; i++) {
    const struct ls_record *record = shown->records[i];
    memcpy(pcs + at, record->pcs, record->npcs * sizeof *pcs);
    at += record->npcs;
  }
  ask(m, arena, pcs, total, shown);
}

void ls_names_of_shown(const struct leakslope_measurement *m,
                       struct ls_arena *arena, struct ls_shown *shown) {
  struct rlimit limit;
  shown->is_late = shown->is_unnamed = 0;
  if (!shown->n) return;
  allow_descriptors(&limit);
  resolve(m, arena, shown);
  if (limit.rlim_cur != RLIM_INFINITY) (void)setrlimit(RLIMIT_NOFILE, &limit);
}
