/* SPDX-License-Identifier: MIT */
/*
 * Wrappers of malloc that no list knows, by what they do: they allocate for
 * many callers and hand the block on.  So the fate of a block is its caller's
 * doing: of most callers it is no more than at the baseline, of some it is.
 *
 *   #0 malloc      libc
 *   #1 grab        <- called from 12 places; of 11 of them nothing grew
 *   #2 read_all    <- the place to blame
 *
 * A function that leaks by itself leaks for each of its callers.
 */
#include "measure/measurement.h"
#include "symbolize/shape.h"

enum {
  DEPTH = 12,            /* of a path that is looked at */
  LEAST_CALLERS = 4,     /* fewer are chance */
  LEAST_OF_RETURNED = 3, /* where the function returns what it made */
  MOST_CALLERS = 64      /* that are told apart */
};

/* What became of the blocks of one caller. */
enum fate { UNTOUCHED, GAVE_BACK, GREW };

/* The callers of a path's first `n` frames. */
struct callers {
  const uintptr_t *pcs;
  size_t n;
  uintptr_t of[MOST_CALLERS];
  enum fate fates[MOST_CALLERS];
  unsigned known;
};

/* Where the shared frames end in another path; 0 if it does not share them.
   Frames of libc before them may differ: strdup is as good as malloc. */
static size_t shared(const struct callers *callers, size_t own,
                     const uintptr_t *pcs, size_t n) {
  uintptr_t site = ls_callsite_of(pcs, n);
  size_t at = 0;
  while (at < n && pcs[at] != site) at++;
  for (size_t i = own; i < callers->n; i++, at++)
    if (at >= n || pcs[at] != callers->pcs[i]) return 0;
  return at;
}

static void add(struct callers *callers, uintptr_t pc, enum fate fate) {
  unsigned i = 0;
  while (i < callers->known && callers->of[i] != pc) i++;
  if (i == MOST_CALLERS) return;
  if (i == callers->known) {
    callers->of[callers->known++] = pc;
    callers->fates[i] = UNTOUCHED;
  }
  if (fate > callers->fates[i]) callers->fates[i] = fate;
}

static enum fate fate_of(struct leakslope_measurement *m, uint32_t site) {
  const struct ls_seen *seen = ls_book_seen(m, site);
  struct ls_live live = ls_tracker_live(site);
  if (seen && (live.count > seen->base_count || live.bytes > seen->base_bytes))
    return GREW;
  return !live.count || (seen && seen->touched) ? GAVE_BACK : UNTOUCHED;
}

static void find(struct leakslope_measurement *m, uint32_t domain,
                 struct callers *callers) {
  uint32_t sites = ls_tracker_sites();
  uintptr_t first = ls_callsite_of(callers->pcs, callers->n);
  size_t own = 0;
  while (own < callers->n && callers->pcs[own] != first) own++;
  for (uint32_t site = 1; site <= sites && own < callers->n; site++) {
    uintptr_t pcs[DEPTH];
    if (ls_tracker_domain(site) != domain) continue;
    size_t n = ls_tracker_path(site, pcs, DEPTH);
    size_t end = shared(callers, own, pcs, n);
    if (end && end < n) add(callers, pcs[end], fate_of(m, site));
  }
}

/* A block that is returned is its caller's, who may keep it; of another one it
   is only known whose it is once it is given back. */
int ls_wrappers_hands_on(struct leakslope_measurement *m,
                         const struct ls_record *record, size_t n,
                         unsigned shape) {
  struct callers callers = {.pcs = record->pcs, .n = n};
  int is_returned = (shape & LS_SHAPE_RESULT) >= LS_SHAPE_BLOCK;
  unsigned innocent = 0;
  if (n >= DEPTH || n >= record->npcs) return 0;
  find(m, record->domain, &callers);
  for (unsigned i = 0; i < callers.known; i++)
    innocent += callers.fates[i] == GAVE_BACK ||
                (is_returned && callers.fates[i] == UNTOUCHED);
  unsigned least = is_returned ? LEAST_OF_RETURNED : LEAST_CALLERS;
  return callers.known >= least && innocent * 2 > callers.known;
}
