/* SPDX-License-Identifier: MIT */
/*
 * Wrappers of malloc that no list knows, by what they do: they allocate for
 * many callers and hand the block on.  So the fate of a block is its caller's
 * doing: most callers gave back what they were given, and some did not.
 *
 *   #0 malloc      libc
 *   #1 grab        <- called from 12 places; what 11 of them got is free
 *   #2 read_all    <- the place to blame
 *
 * A function that leaks by itself leaks for each of its callers.
 */
#include <unistd.h>

#include "callsite/callsite.h"
#include "measure/measurement.h"

enum {
  DEPTH = 12,        /* of a path that is looked at */
  LEAST_CALLERS = 4, /* fewer are chance */
  MOST_CALLERS = 64, /* that are told apart */
  NESTED = 3         /* wrappers of wrappers */
};

/* The callers of a path's frames up to `n`, and what became of their blocks. */
struct callers {
  const uintptr_t *pcs;
  size_t n;
  uintptr_t of[MOST_CALLERS];
  int holds[MOST_CALLERS]; /* 1: some of its blocks are alive */
  unsigned known;
};

/* Where the shared frames end in another path; 0 if it does not share them.
   Frames of libc before them may differ: strdup is as good as malloc. */
static size_t shared(const struct callers *callers, const uintptr_t *pcs,
                     size_t n) {
  uintptr_t site = ls_callsite_of(pcs, n);
  size_t at = 0;
  while (at < n && pcs[at] != site) at++;
  for (size_t i = 0; i < callers->n; i++)
    if (at + i >= n || pcs[at + i] != callers->pcs[i]) return 0;
  return at + callers->n;
}

static void add(struct callers *callers, uintptr_t pc, int holds) {
  unsigned i = 0;
  while (i < callers->known && callers->of[i] != pc) i++;
  if (i == MOST_CALLERS) return;
  if (i == callers->known) {
    callers->of[callers->known++] = pc;
    callers->holds[i] = 0;
  }
  callers->holds[i] |= holds;
}

static int is_wrapper(struct callers *callers, uint32_t domain) {
  uint32_t sites = ls_tracker_sites();
  unsigned gave_back = 0;
  callers->known = 0;
  for (uint32_t site = 1; site <= sites; site++) {
    uintptr_t pcs[DEPTH];
    if (ls_tracker_domain(site) != domain) continue;
    size_t n = ls_tracker_path(site, pcs, DEPTH);
    size_t end = shared(callers, pcs, n);
    if (end && end < n) add(callers, pcs[end], ls_tracker_live(site).count > 0);
  }
  for (unsigned i = 0; i < callers->known; i++) gave_back += !callers->holds[i];
  return callers->known >= LEAST_CALLERS && gave_back * 2 > callers->known;
}

size_t ls_wrappers_of(const struct leakslope_measurement *m,
                      const struct ls_record *record, size_t callsite) {
  size_t wrappers = 0;
  if (!m->book || m->owner != getpid()) return 0;
  while (wrappers < NESTED && callsite + wrappers + 1 < record->npcs) {
    struct callers callers = {.pcs = record->pcs + callsite, .n = wrappers + 1};
    if (!is_wrapper(&callers, record->domain)) break;
    wrappers++;
  }
  return wrappers;
}
