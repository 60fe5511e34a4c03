/* SPDX-License-Identifier: MIT */
/* Collects which calls the tests of a report made, in a build for coverage. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/model/model.h"

int ls_calls_copy(struct ls_arena *arena, size_t *n,
                  const struct ls_calls **calls) {
  struct ls_calls *copy = ls_arena_copy(arena, *calls, *n * sizeof *copy);
  if (!copy) return -ENOMEM;
  for (size_t i = 0; i < *n; i++) {
    copy[i].module = ls_arena_string(arena, copy[i].module);
    copy[i].build_id = ls_arena_string(arena, copy[i].build_id);
    copy[i].offsets = ls_arena_copy(arena, copy[i].offsets,
                                    copy[i].n * sizeof *copy[i].offsets);
    if (!copy[i].module || !copy[i].build_id || !copy[i].offsets)
      return -ENOMEM;
  }
  *calls = copy;
  return 0;
}

int ls_case_is_judged(const struct ls_case *c) {
  enum ls_outcome outcome = ls_case_outcome(c);
  return outcome == LS_CLEAN || outcome == LS_LEAK || outcome == LS_SATURATING;
}

/* ---- all of them ----------------------------------------------------------
 */

/* One module's, of one test. */
static int by_module(const void *a, const void *b) {
  const struct ls_calls *x = a, *y = b;
  int order = strcmp(x->module, y->module);
  return order ? order : strcmp(x->build_id, y->build_id);
}

static int by_value(const void *a, const void *b) {
  const uint64_t *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

/* Of tests that were judged: *n, and room for them in *all. */
static int collect(const struct leakslope_report *report,
                   struct ls_arena *arena, int *knows, size_t *n,
                   struct ls_calls **all) {
  size_t most = report->ncalls;
  *knows = report->knows_calls;
  for (size_t i = 0; i < report->ncases; i++)
    most += report->cases[i].measured.ncalls;
  *all = ls_arena_alloc(arena, most * sizeof **all + 1);
  if (!*all) return -ENOMEM;
  for (size_t k = 0; k < report->ncalls; k++) (*all)[k] = report->calls[k];
  *n = report->ncalls;
  for (size_t i = 0; i < report->ncases; i++) {
    const struct ls_measured *m = &report->cases[i].measured;
    *knows |= m->knows_calls;
    if (!ls_case_is_judged(&report->cases[i])) continue;
    for (size_t k = 0; k < m->ncalls; k++) (*all)[(*n)++] = m->calls[k];
  }
  return 0;
}

/* The `n` parts at `parts`, all of one module, as one. */
static int join(struct ls_arena *arena, const struct ls_calls *parts, size_t n,
                struct ls_calls *to) {
  size_t sum = 0, kept = 0;
  for (size_t i = 0; i < n; i++) sum += parts[i].n;
  uint64_t *offsets = ls_arena_alloc(arena, sum * sizeof *offsets + 1);
  if (!offsets) return -ENOMEM;
  sum = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < parts[i].n; k++)
      offsets[sum++] = parts[i].offsets[k];
  qsort(offsets, sum, sizeof *offsets, by_value);
  for (size_t i = 0; i < sum; i++)
    if (!kept || offsets[kept - 1] != offsets[i]) offsets[kept++] = offsets[i];
  *to = (struct ls_calls){parts[0].module, parts[0].build_id, kept, offsets};
  return 0;
}

int ls_calls_of_report(const struct leakslope_report *report,
                       struct ls_arena *arena, int *knows, size_t *n,
                       const struct ls_calls **calls) {
  struct ls_calls *all;
  size_t parts, end;
  if (collect(report, arena, knows, &parts, &all)) return -ENOMEM;
  qsort(all, parts, sizeof *all, by_module);
  *n = 0;
  for (size_t i = 0; i < parts; i = end) {
    struct ls_calls one;
    for (end = i + 1; end < parts && !by_module(&all[i], &all[end]);) end++;
    if (join(arena, all + i, end - i, &one)) return -ENOMEM;
    all[(*n)++] = one;
  }
  *calls = all;
  return 0;
}
