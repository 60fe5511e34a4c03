/* SPDX-License-Identifier: MIT */
/*
 * From which calls a test allocated, for coverage by call site.
 *
 *   paths of the sites that the test touched
 *     #0 __strdup    libc             skipped
 *     #1 xstrdup     util.c:12        \
 *     #2 cache_put   cache.c:40        > noted: a call site, or its wrappers
 *     ...                             /
 *
 * The sites are those that iterations touched, and those that were not there
 * when the test began: what is allocated once, when first needed, was so in the
 * test's own pass and never again.
 */
#include <stdlib.h>
#include <unistd.h>

#include "callsite/callsite.h"
#include "measure/measurement.h"

enum {
  CALLERS = 8,         /* noted of a path: wrappers call wrappers */
  CALLS_MOST = 1 << 15 /* a quarter of what an encoded report may take */
};

void ls_calls_boundary(struct leakslope_measurement *m) {
  const uint32_t *dirty;
  int overflowed;
  uint32_t n = ls_tracker_dirty(&dirty, &overflowed);
  for (uint32_t i = 0; i < n && !overflowed; i++) {
    struct ls_seen *seen = ls_book_seen(m, dirty[i]);
    if (seen) seen->touched = 1;
  }
}

/* ---- distinct pcs ---------------------------------------------------------
 */

struct pcs {
  size_t n;
  uintptr_t *of;   /* CALLS_MOST */
  uint32_t *table; /* 2 * CALLS_MOST: index plus one */
};

static int open_pcs(struct ls_arena *arena, struct pcs *pcs) {
  *pcs = (struct pcs){
      .of = ls_arena_alloc(arena, CALLS_MOST * sizeof *pcs->of),
      .table = ls_arena_alloc(arena, 2 * CALLS_MOST * sizeof *pcs->table)};
  return pcs->of && pcs->table;
}

static void add_pc(struct pcs *pcs, uintptr_t pc) {
  size_t at = (size_t)(((uint64_t)pc * 0x9e3779b97f4a7c15u) >> 40);
  for (;; at++) {
    uint32_t *cell = &pcs->table[at % (2 * CALLS_MOST)];
    if (*cell && pcs->of[*cell - 1] == pc) return;
    if (*cell) continue;
    if (pcs->n == CALLS_MOST) return;
    pcs->of[pcs->n++] = pc;
    *cell = (uint32_t)pcs->n;
    return;
  }
}

static void add_path(struct pcs *pcs, uint32_t site) {
  uintptr_t path[LS_RECORD_FRAMES];
  size_t n = ls_tracker_path(site, path, LS_RECORD_FRAMES), from = 0;
  uintptr_t own = ls_callsite_of(path, n);
  while (from < n && path[from] != own) from++;
  for (size_t i = from; i < n && i < from + CALLERS; i++) add_pc(pcs, path[i]);
}

static void collect(struct leakslope_measurement *m, struct pcs *pcs) {
  uint32_t sites = ls_tracker_sites();
  for (uint32_t site = 1; site <= sites; site++) {
    if (!(m->plan.domains >> ls_tracker_domain(site) & 1)) continue;
    const struct ls_seen *seen = ls_book_seen(m, site);
    if (site >= m->plan.calls_from || (seen && seen->touched))
      add_path(pcs, site);
  }
}

/* ---- by module ------------------------------------------------------------
 */

static int by_place(const void *a, const void *b) {
  const struct ls_place *x = a, *y = b;
  uintptr_t of_x = (uintptr_t)x->module, of_y = (uintptr_t)y->module;
  if (of_x != of_y) return of_x < of_y ? -1 : 1;
  return (x->offset > y->offset) - (x->offset < y->offset);
}

/* Those of one module; returns how many places are its. */
static size_t add_module(struct ls_arena *arena, const struct ls_place *places,
                         size_t n, struct ls_calls *calls, size_t *ncalls) {
  const struct ls_module *module = places[0].module;
  size_t end = 0;
  while (end < n && places[end].module == module) end++;
  uint64_t *offsets = ls_arena_alloc(arena, end * sizeof *offsets);
  if (!module || !offsets) return end;
  const char *build_id = ls_arena_string(arena, module->build_id);
  if (!build_id) return end;
  for (size_t i = 0; i < end; i++) offsets[i] = places[i].offset;
  calls[(*ncalls)++] = (struct ls_calls){module->path, build_id, end, offsets};
  return end;
}

static void note(struct ls_arena *arena, const struct pcs *pcs,
                 struct ls_measured *to) {
  struct ls_arena scratch = {0};
  struct ls_modules modules;
  struct ls_place *places = ls_arena_alloc(&scratch, pcs->n * sizeof *places);
  struct ls_calls *calls = ls_arena_alloc(arena, pcs->n * sizeof *calls);
  if (places && calls && !ls_modules_read(&modules, &scratch, arena)) {
    /* the calls, not what is behind them */
    for (size_t i = 0; i < pcs->n; i++)
      places[i] = ls_modules_place(&modules, pcs->of[i] - 1);
    qsort(places, pcs->n, sizeof *places, by_place);
    for (size_t i = 0; i < pcs->n;)
      i += add_module(arena, places + i, pcs->n - i, calls, &to->ncalls);
    to->calls = calls;
    to->knows_calls = 1;
  }
  ls_arena_release(&scratch);
}

void ls_calls_note(struct leakslope_measurement *m,
                   struct leakslope_report *report) {
  struct ls_arena scratch = {0};
  struct pcs pcs;
  if (m->book && m->owner == getpid() && open_pcs(&scratch, &pcs)) {
    collect(m, &pcs);
    note(&report->arena, &pcs, &report->cases[0].measured);
  }
  ls_arena_release(&scratch);
}
