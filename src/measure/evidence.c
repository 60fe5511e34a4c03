/* SPDX-License-Identifier: MIT */
/*
 * What a measurement has to show for itself: outcome, call sites, growth.
 *
 * A leak shows at two levels, its tracebacks and their common call site.  It is
 * reported once: by the tracebacks that leak where there are any (callers
 * joined that are blamed on the same place), by the call site where each path
 * alone shows too little.
 */
#include <string.h>
#include <sys/resource.h>

#include "callsite/callsite.h"
#include "measure/measurement.h"
#include "report/place.h"
#include "symbolize/symbolize.h"

enum {
  SITES_SHOWN = 20,
  RECORDS_READ = 512 /* offending records whose symbols are asked for */
};

/* ---- outcome
 * ------------------------------------------------------------------- */

static int ended_above(const struct ls_series *series) {
  return series->count.held > series->base_count ||
         series->bytes.held > series->base_bytes;
}

static const struct ls_record *worst_record(
    const struct leakslope_measurement *m) {
  const struct ls_record *worst = NULL;
  for (uint32_t i = 0; i < m->nrecords; i++) {
    const struct ls_record *record = &m->records[i];
    if (!ended_above(&record->series)) continue;
    if (!worst || record->state > worst->state ||
        (record->state == worst->state &&
         record->series.rises > worst->series.rises))
      worst = record;
  }
  return worst;
}

static struct ls_run_facts facts_of(const struct leakslope_measurement *m) {
  const struct ls_record *worst = worst_record(m);
  struct ls_run_facts facts = {
      .iterations = m->iterations,
      .planned = m->first_rung,
      .fixed = m->plan.iterations != 0,
      .stop = (enum ls_stop)m->stop,
      .worst = (enum ls_site_state)m->worst,
      .drops = m->drops,
      .foreign_frees =
          !worst || worst->domain == LS_DOMAIN_MALLOC ? m->foreign_frees : 0,
      .untraced_growth = ls_untraced_rate(m) > 0,
  };
  for (uint32_t i = 0; i < m->nrecords; i++) {
    const struct ls_series *series = &m->records[i].series;
    if (ended_above(series) && series->rises > facts.worst_rises)
      facts.worst_rises = series->rises;
  }
  if (worst) facts.growth = worst->series.count.held - worst->series.base_count;
  return facts;
}

/* ---- which records are shown
 * ------------------------------------------------------ */

/* Whether a record is among those that made the outcome what it is. */
static int offends(const struct leakslope_measurement *m,
                   const struct ls_record *record,
                   struct ls_decision decision) {
  if (!ended_above(&record->series)) return 0;
  switch (decision.outcome) {
    case LS_LEAK:
      if (decision.reason == LS_REASON_NONE)
        return record->state >= LS_SITE_LEAK;
      /* by its rises: those that rose (nearly) as often as the worst */
      return record->state >= LS_SITE_LEAK ||
             record->series.rises * 20 >= m->iterations * 19;
    case LS_SATURATING:
    case LS_INCONCLUSIVE:
      return record->state >= LS_SITE_FADING ||
             record->series.rises * 20 >= m->iterations * 19;
    default:
      return 0;
  }
}

/* A call site is shown only where no traceback of it is. */
static int shown_by_member(const struct leakslope_measurement *m,
                           uint32_t group, struct ls_decision decision) {
  for (uint32_t i = 0; i < m->nrecords; i++) {
    const struct ls_record *record = &m->records[i];
    if (record->level == LS_LEVEL_TRACEBACK && record->group == group + 1 &&
        offends(m, record, decision))
      return 1;
  }
  return 0;
}

/* A thread weighs what its stack does: it comes before the few blocks that libc
   makes for it. */
static double growth_of(const struct ls_record *record) {
  const double stack = 8 << 20;
  const struct ls_series *s = &record->series;
  double each = record->domain == LS_DOMAIN_THREAD ? stack : 1e-3;
  return (double)(s->bytes.held - s->base_bytes) +
         each * (double)(s->count.held - s->base_count);
}

/* Puts a record among the chosen, most growth first; the least one goes when
   there is no room. */
static size_t insert(const struct ls_record **chosen, size_t n, size_t max,
                     const struct ls_record *record) {
  size_t at = n;
  if (n == max && growth_of(chosen[max - 1]) >= growth_of(record)) return n;
  if (n == max) at = max - 1;
  for (; at > 0 && growth_of(chosen[at - 1]) < growth_of(record); at--)
    chosen[at] = chosen[at - 1];
  chosen[at] = record;
  return n < max ? n + 1 : max;
}

/* The records to show, most growth first; at most `max`. */
static size_t choose(const struct leakslope_measurement *m,
                     struct ls_decision decision,
                     const struct ls_record **chosen, size_t max) {
  size_t n = 0;
  for (uint32_t i = 0; i < m->nrecords; i++) {
    const struct ls_record *record = &m->records[i];
    if (!offends(m, record, decision)) continue;
    if (record->level == LS_LEVEL_CALLSITE && shown_by_member(m, i, decision))
      continue;
    n = insert(chosen, n, max, record);
  }
  return n;
}

/* ---- a record as a site of the report
 * ----------------------------------------------- */

static void add_checkpoints(struct ls_arena *arena,
                            const struct ls_series *series,
                            struct ls_report_site *site) {
  struct ls_checkpoint *points =
      ls_arena_alloc(arena, LS_CHECKPOINTS * sizeof *points);
  if (!points) return;
  unsigned windows = ls_series_windows(series);
  size_t n = 0;
  points[n++] =
      (struct ls_checkpoint){0, series->base_count, series->base_bytes};
  for (unsigned k = 1; k < LS_CHECKPOINTS && windows; k++) {
    unsigned w = (windows * k + LS_CHECKPOINTS - 2) / (LS_CHECKPOINTS - 1) - 1;
    uint32_t iteration = (w + 1) << series->shift;
    if (iteration > series->recorded) iteration = series->recorded;
    if (iteration == points[n - 1].iteration) continue;
    points[n++] = (struct ls_checkpoint){iteration, series->count.last[w],
                                         series->bytes.last[w]};
  }
  site->checkpoints = points;
  site->ncheckpoints = n;
}

/* The frames of the n records, asked for at once: the helper is started once.
   parts[i] are those of chosen[i]'s first pc, its others follow. */
static struct ls_frames *resolve(struct ls_arena *arena,
                                 const struct ls_record *const *chosen,
                                 size_t n) {
  size_t total = 0;
  for (size_t i = 0; i < n; i++) total += chosen[i]->npcs;
  uintptr_t *pcs = ls_arena_alloc(arena, total * sizeof *pcs);
  struct ls_frames *parts = ls_arena_alloc(arena, total * sizeof *parts);
  if (!pcs || !parts) return NULL;
  size_t at = 0;
  for (size_t i = 0; i < n; i++) {
    memcpy(pcs + at, chosen[i]->pcs, chosen[i]->npcs * sizeof *pcs);
    at += chosen[i]->npcs;
  }
  (void)ls_symbolize(arena, pcs, total, parts);
  return parts;
}

static int add_frames(struct ls_arena *arena, const struct ls_frames *parts,
                      size_t n, struct ls_report_site *site) {
  size_t total = 0;
  for (size_t i = 0; i < n; i++) total += parts[i].n;
  struct leakslope_frame *frames =
      ls_arena_alloc(arena, total * sizeof *frames);
  if (!frames) return 0;
  for (size_t i = 0; i < n; i++) {
    if (parts[i].n)
      memcpy(frames + site->nframes, parts[i].frames,
             parts[i].n * sizeof *frames);
    site->nframes += parts[i].n;
  }
  site->frames = frames;
  site->named = ls_callsite_named(frames, site->nframes);
  return 1;
}

static void join(struct ls_report_site *to, const struct ls_report_site *from) {
  to->callers += from->callers;
  to->law.blocks_per_iteration += from->law.blocks_per_iteration;
  to->law.bytes_per_iteration += from->law.bytes_per_iteration;
  to->law.first_count += from->law.first_count;
  to->law.last_count += from->law.last_count;
  to->law.first_bytes += from->law.first_bytes;
  to->law.last_bytes += from->law.last_bytes;
}

static void add_site(struct leakslope_report *report, struct ls_measured *to,
                     struct ls_report_site *sites,
                     const struct ls_record *record,
                     const struct ls_frames *parts) {
  struct ls_report_site *site = &sites[to->nsites];
  memset(site, 0, sizeof *site);
  site->domain = (enum leakslope_domain)record->domain;
  site->state = (enum ls_site_state)record->state;
  site->law = ls_law_of(&record->series);
  site->callers = 1;
  site->label =
      record->label[0] ? ls_arena_string(&report->arena, record->label) : NULL;
  if (!add_frames(&report->arena, parts, record->npcs, site)) return;
  for (size_t i = 0; i < to->nsites; i++)
    if (ls_place_same(&sites[i], site)) {
      join(&sites[i], site);
      return;
    }
  add_checkpoints(&report->arena, &record->series, site);
  to->nsites++;
}

/* A process that ran out of descriptors could not start the helper. */
static void allow_descriptors(struct rlimit *before) {
  if (getrlimit(RLIMIT_NOFILE, before)) before->rlim_cur = RLIM_INFINITY;
  struct rlimit more = *before;
  more.rlim_cur = before->rlim_max;
  if (before->rlim_cur != RLIM_INFINITY) (void)setrlimit(RLIMIT_NOFILE, &more);
}

static void add_sites(struct leakslope_report *report,
                      const struct leakslope_measurement *m,
                      struct ls_decision decision, struct ls_measured *to) {
  struct ls_arena *arena = &report->arena;
  const struct ls_record **chosen =
      ls_arena_alloc(arena, RECORDS_READ * sizeof *chosen);
  size_t n = chosen ? choose(m, decision, chosen, RECORDS_READ) : 0;
  if (!n) return;
  struct rlimit limit;
  allow_descriptors(&limit);
  struct ls_frames *parts = resolve(arena, chosen, n);
  if (limit.rlim_cur != RLIM_INFINITY) (void)setrlimit(RLIMIT_NOFILE, &limit);
  struct ls_report_site *sites = ls_arena_alloc(arena, n * sizeof *sites);
  if (!parts || !sites) return;
  size_t at = 0;
  for (size_t i = 0; i < n; i++) {
    add_site(report, to, sites, chosen[i], parts + at);
    at += chosen[i]->npcs;
  }
  if (to->nsites > SITES_SHOWN) to->nsites = SITES_SHOWN;
  to->sites = sites;
}

/* A clean run rules out a leak of one block per n/5 iterations; where
   something grew and was found to have come to rest, a slower one could still
   hide behind it. */
static uint32_t rules_out(const struct leakslope_measurement *m) {
  enum { BEHIND_A_PLATEAU = 12 };
  for (uint32_t i = 0; i < m->nrecords; i++) {
    const struct ls_series *series = &m->records[i].series;
    unsigned windows = ls_series_windows(series);
    if (windows >= 8 &&
        series->count.last[windows - 1] > series->count.low[windows / 8])
      return m->iterations / BEHIND_A_PLATEAU;
  }
  return ls_ruled_out(m->iterations);
}

struct leakslope_report *ls_evidence_report(struct leakslope_measurement *m) {
  struct leakslope_report *report = ls_report_new("");
  if (!report) return NULL;
  struct leakslope_case test = {.index = -1};
  struct ls_case *one = ls_report_add_case(report, &test);
  if (!one) {
    ls_report_free(report);
    return NULL;
  }
  struct ls_run_facts facts = facts_of(m);
  struct ls_decision decision = ls_outcome_of(&facts);
  struct ls_measured *to = &one->measured;
  one->is_measured = 1;
  to->outcome = decision.outcome;
  to->reason = decision.reason;
  to->note = m->note[0] ? ls_arena_string(&report->arena, m->note) : NULL;
  to->iterations = m->iterations;
  to->planned = m->target;
  to->warmup = m->plan.warmup;
  to->drops = m->drops;
  to->untraced_bytes = ls_untraced_rate(m);
  to->ruled_out = rules_out(m);
  add_sites(report, m, decision, to);
  return report;
}
