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
#include "report/words/number.h"
#include "report/words/place.h"

/* What is shown, before anything of it is joined. */
struct ls_candidate {
  struct ls_way way;
  const struct ls_record *record;
  struct ls_rate rate;
  char fingerprint[17];
};
struct ls_candidates {
  size_t n;
  struct ls_candidate *of;
};

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

/* Call paths that have a fingerprint in common are one entry: how much they
   grow together. */
static struct ls_rate together(const struct ls_candidates *all,
                               const char *fingerprint) {
  struct ls_rate sum = {0, 0};
  for (size_t i = 0; i < all->n; i++) {
    if (strcmp(all->of[i].fingerprint, fingerprint)) continue;
    sum.blocks += all->of[i].rate.blocks;
    sum.bytes += all->of[i].rate.bytes;
  }
  return sum;
}

static int find_known(const struct leakslope_measurement *m,
                      const struct ls_candidates *all, const char *fingerprint,
                      struct ls_accepted *one) {
  const struct ls_baseline_entry *entry =
      ls_baseline_find(m->plan.name, fingerprint);
  if (!entry) return 0;
  struct ls_rate rate = together(all, fingerprint);
  if (ls_baseline_is_worse(entry, rate.blocks, rate.bytes, m->iterations))
    return 0;
  one->by = LS_IN_BASELINE;
  one->rule = entry->fingerprint;
  return 1;
}

/* The baseline comes first: a leak that it knows is not stale, whatever else
   accepts it. */
static int find(const struct leakslope_measurement *m,
                const struct ls_candidates *all,
                const struct ls_candidate *candidate, struct ls_accepted *one) {
  return find_known(m, all, candidate->fingerprint, one) ||
         find_suppression(one) || find_bound(m, candidate->record, one);
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

/* Of a call site, what its tracebacks that are accepted do not explain. */
static struct ls_rate rate_of(const struct leakslope_measurement *m,
                              const struct ls_record *record) {
  struct ls_law law = ls_law_of(&record->series);
  struct ls_rate rate = {law.blocks_per_iteration, law.bytes_per_iteration};
  const uint32_t group = (uint32_t)(record - m->records) + 1;
  for (uint32_t i = 0; i < m->nrecords; i++) {
    const struct ls_record *part = &m->records[i];
    if (record->level != LS_LEVEL_CALLSITE || !part->accepted ||
        part->level != LS_LEVEL_TRACEBACK || part->group != group)
      continue;
    law = ls_law_of(&part->series);
    rate.blocks -= law.blocks_per_iteration;
    rate.bytes -= law.bytes_per_iteration;
  }
  return rate;
}

static struct ls_candidates candidates_of(struct leakslope_measurement *m,
                                          const struct ls_shown *shown,
                                          struct ls_arena *arena) {
  struct ls_candidates all = {0};
  all.of = ls_arena_alloc(arena, shown->n * sizeof *all.of);
  for (size_t i = 0, at = 0; all.of && i < shown->n; i++) {
    const struct ls_record *record = shown->records[i];
    struct ls_candidate *one = &all.of[all.n];
    const struct ls_frames *parts = shown->parts + at;
    at += record->npcs;
    if (!ls_places_way(m, arena, record, parts, &one->way)) continue;
    one->record = record;
    one->rate = rate_of(m, record);
    ls_fingerprint(&one->way.site, one->fingerprint);
    all.n++;
  }
  return all;
}

size_t ls_accept_shown(struct leakslope_measurement *m,
                       const struct ls_shown *shown, struct ls_arena *arena,
                       struct ls_measured *to) {
  size_t n = 0;
  struct ls_accepted *accepted =
      ls_arena_alloc(arena, (to->naccepted + shown->n) * sizeof *accepted);
  if (!accepted) return 0;
  const struct ls_candidates all = candidates_of(m, shown, arena);
  for (size_t i = 0; i < to->naccepted; i++) accepted[i] = to->accepted[i];
  for (size_t i = 0; i < all.n; i++) {
    struct ls_accepted one = {.site = all.of[i].way.site};
    if (!find(m, &all, &all.of[i], &one)) continue;
    m->records[all.of[i].record - m->records].accepted = 1;
    add(to, accepted, &one);
    n++;
  }
  to->accepted = accepted;
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

/* ---- worse --------------------------------------------------------------- */

/* A site that leaks although the baseline has it grows more than it did. */
const char *ls_accept_worse(const struct leakslope_measurement *m,
                            struct ls_arena *arena,
                            const struct ls_measured *to) {
  struct ls_text text = {.arena = arena};
  for (size_t i = 0; to->outcome == LS_LEAK && i < to->nsites; i++) {
    char fingerprint[17];
    ls_fingerprint(&to->sites[i], fingerprint);
    const struct ls_baseline_entry *entry =
        ls_baseline_find(m->plan.name, fingerprint);
    if (!entry || !entry->has_rate) continue;
    ls_text_addf(&text, "%s%s:%u knows it (%s) with +",
                 text.length ? "; " : "worse than it was: ", ls_baseline_file(),
                 entry->line, fingerprint);
    ls_number_add(&text, entry->blocks, 4);
    ls_text_add(&text, entry->blocks == 1 ? " block" : " blocks");
    ls_text_add(&text, "/iteration (");
    ls_number_add_size(&text, entry->bytes);
    ls_text_add(&text, ")");
  }
  return text.length && !text.truncated ? ls_text_string(&text) : NULL;
}
