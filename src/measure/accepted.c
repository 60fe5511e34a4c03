/* SPDX-License-Identifier: MIT */
/*
 * What grows by permission: suppressed, within its bound, or known already.
 *
 * Asked of call paths and before anything is joined or cut: two callers of one
 * place may be accepted differently, and what is accepted must not take the
 * room of what is not.
 */
#include <string.h>

#include "accept/accept.h"
#include "measure/measurement.h"
#include "report/words/place.h"

/* Blocks: what a bound is for as many iterations as there were. */
static double most_of(const struct leakslope_measurement *m,
                      const struct leakslope_limit *bound) {
  double count = (double)bound->count;
  int is_part = m->plan.part_of > m->iterations;
  return is_part ? count * m->iterations / m->plan.part_of : count;
}

static int find_bound(const struct leakslope_measurement *m,
                      const struct ls_record *record, struct ls_accepted *one) {
  const struct leakslope_limit *bound = ls_bound_of(
      m->plan.bounds, m->plan.nbounds, one->site.frames, one->site.nframes);
  if (!bound || (double)record->series.count.held > most_of(m, bound)) return 0;
  one->by = LS_WITHIN_BOUND;
  one->rule = bound->pattern;
  one->limit = bound->count;
  return 1;
}

static int find_suppression(struct ls_accepted *one) {
  const struct ls_suppression *suppression =
      ls_suppression_of(one->site.frames, one->site.nframes);
  if (!suppression) return 0;
  one->by = LS_SUPPRESSED;
  one->rule = suppression->pattern;
  return 1;
}

static int find_known(const struct leakslope_measurement *m,
                      struct ls_accepted *one) {
  char fingerprint[17];
  ls_fingerprint(&one->site, fingerprint);
  const struct ls_baseline_entry *entry =
      ls_baseline_find(m->plan.name, fingerprint);
  if (!entry) return 0;
  one->by = LS_IN_BASELINE;
  one->rule = entry->fingerprint;
  return 1;
}

/* The baseline comes first: a leak that it knows is not stale, whatever else
   accepts it. */
static int find(const struct leakslope_measurement *m,
                const struct ls_record *record, struct ls_accepted *one) {
  return find_known(m, one) || find_suppression(one) ||
         find_bound(m, record, one);
}

/* Callers of one place are one call site, as they are in a leak. */
static void add(struct ls_measured *to, struct ls_accepted *all,
                const struct ls_accepted *one) {
  for (size_t i = 0; i < to->naccepted; i++)
    if (all[i].by == one->by && !strcmp(all[i].rule, one->rule) &&
        ls_place_same(&all[i].site, &one->site)) {
      all[i].site.callers++;
      return;
    }
  all[to->naccepted++] = *one;
}

size_t ls_accept_shown(struct leakslope_measurement *m,
                       const struct ls_shown *shown, struct ls_arena *arena,
                       struct ls_measured *to) {
  size_t n = 0, at = 0;
  struct ls_accepted *all =
      ls_arena_alloc(arena, (to->naccepted + shown->n) * sizeof *all);
  if (!all) return 0;
  for (size_t i = 0; i < to->naccepted; i++) all[i] = to->accepted[i];
  for (size_t i = 0; i < shown->n; i++) {
    struct ls_accepted one = {0};
    struct ls_way way;
    const struct ls_record *record = shown->records[i];
    const struct ls_frames *parts = shown->parts + at;
    at += record->npcs;
    if (!ls_places_way(m, arena, record, parts, &way)) continue;
    one.site = way.site;
    if (!find(m, record, &one)) continue;
    m->records[record - m->records].accepted = 1;
    add(to, all, &one);
    n++;
  }
  to->accepted = all;
  return n;
}

/* ---- stale --------------------------------------------------------------- */

static int is_found(const struct ls_measured *to, const char *fingerprint) {
  for (size_t i = 0; i < to->naccepted; i++) {
    char found[17];
    ls_fingerprint(&to->accepted[i].site, found);
    if (!strcmp(found, fingerprint)) return 1;
  }
  return 0;
}

void ls_accept_find_stale(const struct leakslope_measurement *m,
                          struct ls_arena *arena, struct ls_measured *to) {
  const struct ls_baseline_entry *all;
  size_t n = m->plan.name ? ls_baseline(&all) : 0;
  struct ls_text text = {.arena = arena};
  if (to->outcome != LS_CLEAN) return;
  for (size_t i = 0; i < n; i++) {
    if (strcmp(all[i].name, m->plan.name) ||
        m->iterations < all[i].iterations || is_found(to, all[i].fingerprint))
      continue;
    ls_text_addf(&text, "%s%s:%u (%s)",
                 text.length ? ", " : "the leak is gone, take out ",
                 ls_baseline_file(), all[i].line, all[i].fingerprint);
  }
  if (!text.length) return;
  to->reason = LS_REASON_STALE;
  to->note = ls_text_string(&text);
}
