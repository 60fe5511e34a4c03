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

#include "accept/accept.h"
#include "callsite/callsite.h"
#include "measure/children.h"
#include "measure/measurement.h"
#include "report/words/place.h"

enum { RECORDS_READ = 512 }; /* offending records whose symbols are asked for */

/* ---- outcome
 * ------------------------------------------------------------------- */

static int ended_above(const struct ls_record *record) {
  const struct ls_series *series = &record->series;
  return !record->accepted && (series->count.held > series->base_count ||
                               series->bytes.held > series->base_bytes);
}

static const struct ls_record *worst_record(
    const struct leakslope_measurement *m) {
  const struct ls_record *worst = NULL;
  for (uint32_t i = 0; i < m->nrecords; i++) {
    const struct ls_record *record = &m->records[i];
    if (!ended_above(record)) continue;
    if (!worst || record->state > worst->state ||
        (record->state == worst->state &&
         record->series.rises > worst->series.rises))
      worst = record;
  }
  return worst;
}

/* What a suspect would have reached with all the time it needed. */
static uint32_t full_ladder(const struct leakslope_measurement *m) {
  if (m->plan.iterations) return 0;
  if (!m->plan.shortest) return m->last_rung;
  return ls_measure_last_rung(m);
}

static struct ls_run_facts facts_of(const struct leakslope_measurement *m) {
  const struct ls_record *worst = worst_record(m);
  struct ls_run_facts facts = {
      .iterations = m->iterations,
      .planned = m->first_rung,
      .last = full_ladder(m),
      .fixed = m->plan.iterations != 0,
      .shortened = m->plan.shortest,
      .stop = (enum ls_stop)m->stop,
      .drops = m->drops,
      .foreign_frees =
          !worst || worst->domain == LS_DOMAIN_MALLOC ? m->foreign_frees : 0,
      .untraced_growth = ls_untraced_rate(m) > 0,
  };
  int accepted = 0;
  for (uint32_t i = 0; i < m->nrecords; i++) {
    const struct ls_record *record = &m->records[i];
    accepted |= (int)record->accepted;
    if (record->accepted) continue;
    if (record->state > facts.worst)
      facts.worst = (enum ls_site_state)record->state;
    if (ended_above(record) && record->series.rises > facts.worst_rises)
      facts.worst_rises = record->series.rises;
  }
  /* What stopped the run was allowed to grow so far. */
  if (accepted && facts.worst == LS_SITE_OK &&
      (facts.stop == LS_STOP_MEMORY || facts.stop == LS_STOP_LIMIT))
    facts.stop = LS_STOP_DONE;
  if (worst) facts.growth = worst->series.count.held - worst->series.base_count;
  return facts;
}

/* ---- which records are shown
 * ------------------------------------------------------ */

/* Whether a record is among those that made the outcome what it is. */
static int offends(const struct leakslope_measurement *m,
                   const struct ls_record *record,
                   struct ls_decision decision) {
  if (!ended_above(record)) return 0;
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
double ls_evidence_growth(const struct ls_record *record) {
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
  if (n == max &&
      ls_evidence_growth(chosen[max - 1]) >= ls_evidence_growth(record))
    return n;
  if (n == max) at = max - 1;
  for (; at > 0 &&
         ls_evidence_growth(chosen[at - 1]) < ls_evidence_growth(record);
       at--)
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

static void find_shown(struct ls_arena *arena,
                       const struct leakslope_measurement *m,
                       struct ls_decision decision, struct ls_shown *shown) {
  shown->records = ls_arena_alloc(arena, RECORDS_READ * sizeof *shown->records);
  shown->n =
      shown->records ? choose(m, decision, shown->records, RECORDS_READ) : 0;
  ls_names_of_shown(m, arena, shown);
}

static const char calls_are_jumps[] =
    "no frame of the program's own is left, so the place is the test's: where "
    "calls are jumps, -fno-optimize-sibling-calls keeps their frames";
static const char names_are_late[] =
    "leakslope-symbolize gave no names in time: places are addresses, and a "
    "baseline would not know them";

static void add_note(struct ls_arena *arena, struct ls_measured *to,
                     const char *note) {
  struct ls_text text = {.arena = arena};
  if (to->note && *to->note) {
    ls_text_add(&text, to->note);
    ls_text_add(&text, "; ");
  }
  ls_text_add(&text, note);
  if (!text.truncated) to->note = ls_text_string(&text);
}

static void add_sites(struct leakslope_report *report,
                      struct leakslope_measurement *m,
                      const struct ls_shown *shown, struct ls_measured *to) {
  struct ls_way *ways = ls_arena_alloc(&report->arena, shown->n * sizeof *ways);
  size_t at = 0, n = 0;
  for (size_t i = 0; ways && i < shown->n; i++) {
    n += (size_t)ls_places_way(m, &report->arena, shown->records[i],
                               shown->parts + at, &ways[n]);
    at += shown->records[i]->npcs;
  }
  ls_places_settle(m, ways, n);
  uint32_t *site_of = ls_arena_alloc(&report->arena, n * sizeof *site_of);
  if (!site_of) return;
  ls_sites_add(report, ways, n, to, site_of);
  if (to->outcome == LS_LEAK) ls_holders_add(m, report, to, ways, n, site_of);
  if (to->outcome == LS_LEAK && !shown->is_late && to->nsites)
    to->advice = ls_advice_of(m, &report->arena, ways, n, &to->sites[0]);
  for (size_t i = 0; i < n; i++)
    if (ways[i].has_no_place && ways[i].record->npcs && m->plan.itself) {
      add_note(&report->arena, to, calls_are_jumps);
      break;
    }
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
  struct ls_measured *to = &one->measured;
  struct ls_shown shown;
  struct ls_run_facts facts;
  struct ls_decision decision;
  ls_children_blame(m);
  do { /* what is accepted may have hidden what is not */
    facts = facts_of(m);
    decision = ls_outcome_of(&facts);
    find_shown(&report->arena, m, decision, &shown);
  } while (ls_accept_shown(m, &shown, &report->arena, to));
  one->is_measured = 1;
  to->outcome = decision.outcome;
  to->reason = decision.reason;
  if (shown.is_unnamed && to->outcome == LS_LEAK) {
    to->outcome = LS_INCONCLUSIVE;
    to->reason = LS_REASON_UNRESOLVED;
  }
  to->iterations = m->iterations;
  to->planned = m->target;
  if (to->reason == LS_REASON_TOO_SLOW) {
    if (to->planned <= m->iterations) to->planned = facts.last;
    ls_need_note(m, to->planned);
  }
  to->note = m->note[0] ? ls_arena_string(&report->arena, m->note) : NULL;
  to->warmup = m->plan.warmup;
  to->drops = m->drops;
  to->untraced_bytes = ls_untraced_rate(m);
  to->ruled_out = rules_out(m);
  to->first_rung = m->judged_first;
  to->name = ls_arena_string(&report->arena, m->plan.name);
  to->has_baseline = ls_baseline_file() != NULL;
  if (shown.n) to->step = ls_step_of(m, shown.records[0]);
  if (shown.is_late) to->name = NULL; /* its entries would say addresses */
  if (shown.is_late && shown.n)
    add_note(&report->arena, to,
             shown.is_unnamed ? LS_NAMES_MISSING : names_are_late);
  add_sites(report, m, &shown, to);
  const char *worse = ls_accept_worse(m, &report->arena, to);
  if (worse) add_note(&report->arena, to, worse);
  ls_accept_find_stale(m, &report->arena, to);
  return report;
}
