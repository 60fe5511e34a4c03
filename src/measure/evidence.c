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
#include "measure/measurement.h"
#include "report/place.h"

enum {
  SITES_SHOWN = 20,
  RECORDS_READ = 512 /* offending records whose symbols are asked for */
};

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

/* The values at the ends of all windows, after those at the baseline. */
static void add_curve(struct ls_arena *arena, const struct ls_series *series,
                      struct ls_report_site *site) {
  unsigned windows = ls_series_windows(series);
  struct ls_checkpoint *points =
      ls_arena_alloc(arena, (windows + 1) * sizeof *points);
  if (!points) return;
  points[0] = (struct ls_checkpoint){0, series->base_count, series->base_bytes};
  for (unsigned w = 0; w < windows; w++) {
    uint32_t iteration = (w + 1) << series->shift;
    if (iteration > series->recorded) iteration = series->recorded;
    points[w + 1] = (struct ls_checkpoint){iteration, series->count.last[w],
                                           series->bytes.last[w]};
  }
  site->curve = points;
  site->ncurve = windows + 1;
}

/* Of the curve: what a table has room for. */
static void add_checkpoints(struct ls_arena *arena,
                            struct ls_report_site *site) {
  const unsigned last = LS_CHECKPOINTS - 1;
  struct ls_checkpoint *points =
      ls_arena_alloc(arena, LS_CHECKPOINTS * sizeof *points);
  if (!points || !site->ncurve) return;
  size_t n = 0, windows = site->ncurve - 1;
  points[n++] = site->curve[0];
  for (unsigned k = 1; k <= last && windows; k++) {
    size_t at = (windows * k + last - 1) / last;
    if (site->curve[at].iteration == points[n - 1].iteration) continue;
    points[n++] = site->curve[at];
  }
  site->checkpoints = points;
  site->ncheckpoints = n;
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

/* What a baseline calls another caller of the same place. */
static void note_fingerprint(struct ls_arena *arena, struct ls_report_site *to,
                             const struct ls_report_site *from) {
  struct ls_text text = {.arena = arena};
  char first[17], other[17];
  ls_fingerprint(to, first);
  ls_fingerprint(from, other);
  if (!strcmp(first, other) || (to->also && strstr(to->also, other))) return;
  ls_text_addf(&text, "%s%s%s", to->also ? to->also : "", to->also ? " " : "",
               other);
  if (!text.truncated) to->also = ls_text_string(&text);
}

/* ---- callers of one place ------------------------------------------------ */

enum { CALLERS_TOLD = 6 };

struct callers {
  struct {
    const struct leakslope_frame *frame;
    int64_t blocks;
  } of[CALLERS_TOLD];
  size_t n;
  int more; /* there is no room for all */
};

/* Recursion and loops reach a place from one caller in many ways. */
static int same_caller(const struct leakslope_frame *a,
                       const struct leakslope_frame *b) {
  return a->function && b->function && !strcmp(a->function, b->function);
}

static void add_caller(struct callers *callers,
                       const struct ls_report_site *site) {
  const struct leakslope_frame *place = ls_place_blamed(site), *frame = NULL;
  size_t i = 0;
  for (size_t k = site->named + 1; place && k < site->nframes && !frame; k++)
    if (!same_caller(&site->frames[k], place)) frame = &site->frames[k];
  if (!frame || !frame->function) return;
  while (i < callers->n && !same_caller(callers->of[i].frame, frame)) i++;
  callers->more |= i == CALLERS_TOLD;
  if (i == CALLERS_TOLD) return;
  callers->of[i].frame = frame;
  callers->of[i].blocks += site->law.last_count - site->law.first_count;
  callers->n += i == callers->n;
}

/* "by first_caller (+4093), second_caller (+4093)" */
static void tell_callers(struct ls_arena *arena, const struct callers *callers,
                         struct ls_report_site *site) {
  struct ls_text text = {.arena = arena};
  if (callers->n < 2) return;
  for (size_t i = 0; i < callers->n; i++)
    ls_text_addf(&text, "%s%s (%+lld)", i ? ", " : "by ",
                 callers->of[i].frame->function,
                 (long long)callers->of[i].blocks);
  if (callers->more) ls_text_add(&text, " and others");
  if (!text.truncated) site->by = ls_text_string(&text);
}

/* All series of a measurement have the same windows. */
static void join_curve(struct ls_report_site *to,
                       const struct ls_series *series) {
  /* The arena is the report's own, so its points may be changed. */
  struct ls_checkpoint *points = (struct ls_checkpoint *)to->curve;
  if (!to->ncurve || to->ncurve != ls_series_windows(series) + 1U) return;
  points[0].count += series->base_count;
  points[0].bytes += series->base_bytes;
  for (size_t i = 1; i < to->ncurve; i++) {
    points[i].count += series->count.last[i - 1];
    points[i].bytes += series->bytes.last[i - 1];
  }
}

static struct ls_report_path path_of(const struct ls_report_site *site) {
  return (struct ls_report_path){site->law, site->nframes, site->frames,
                                 site->truncated};
}

/* Ways to the same place are kept apart, as many as people look at. */
static void join_path(struct ls_arena *arena, struct ls_report_site *to,
                      const struct ls_report_site *from) {
  struct ls_report_path *paths = (struct ls_report_path *)to->paths;
  if (!paths) {
    to->paths = paths = ls_arena_alloc(arena, LS_PATHS * sizeof *paths);
    if (!paths) return;
    paths[to->npaths++] = path_of(to);
  }
  if (to->npaths < LS_PATHS) paths[to->npaths++] = path_of(from);
}

/* Together they have a distance only where each has the same. */
static void join_born(struct ls_report_site *to,
                      const struct ls_report_site *from) {
  if (to->every != from->every ||
      (to->every && to->born[0] % to->every != from->born[0] % to->every))
    to->every = 0;
}

static void join_law(struct ls_law *to, const struct ls_law *from) {
  to->blocks_per_iteration += from->blocks_per_iteration;
  to->bytes_per_iteration += from->bytes_per_iteration;
  to->first_count += from->first_count;
  to->last_count += from->last_count;
  to->first_bytes += from->first_bytes;
  to->last_bytes += from->last_bytes;
}

int ls_evidence_site(struct ls_arena *arena, const struct ls_record *record,
                     const struct ls_frames *parts,
                     struct ls_report_site *site) {
  memset(site, 0, sizeof *site);
  site->domain = (enum leakslope_domain)record->domain;
  site->state = (enum ls_site_state)record->state;
  site->law = ls_law_of(&record->series);
  site->callers = 1;
  site->truncated = record->is_truncated;
  site->label = record->label[0] ? ls_arena_string(arena, record->label) : NULL;
  site->every = record->every;
  memcpy(site->born, record->born, sizeof site->born);
  return add_frames(arena, parts, record->npcs, site);
}

/* The pc whose frames the named one is among. */
static size_t named_pc(const struct ls_report_site *site,
                       const struct ls_frames *parts, size_t npcs) {
  size_t pc = 0, end = parts[0].n;
  while (pc + 1 < npcs && end <= site->named) end += parts[++pc].n;
  return pc;
}

/* Past what this run shows to be wrappers. */
static void name_beyond(const struct leakslope_measurement *m,
                        const struct ls_record *record,
                        const struct ls_frames *parts,
                        struct ls_report_site *site) {
  size_t pc = record->npcs ? named_pc(site, parts, record->npcs) : 0;
  size_t last = record->npcs ? pc + ls_wrappers_of(m, record, pc) : 0;
  size_t named = 0;
  for (size_t i = 0; i < last; i++) named += parts[i].n;
  if (named <= site->named || named >= site->nframes) return;
  site->beyond = named - site->named;
  site->named = named;
}

static void add_site(struct leakslope_report *report,
                     const struct leakslope_measurement *m,
                     struct ls_measured *to, struct ls_report_site *sites,
                     struct callers *callers, const struct ls_record *record,
                     const struct ls_frames *parts) {
  struct ls_report_site *site = &sites[to->nsites];
  if (!ls_evidence_site(&report->arena, record, parts, site)) return;
  if (to->nsites < SITES_SHOWN) name_beyond(m, record, parts, site);
  for (size_t i = 0; i < to->nsites; i++)
    if (ls_place_same(&sites[i], site)) {
      add_caller(&callers[i], site);
      join_born(&sites[i], site);
      note_fingerprint(&report->arena, &sites[i], site);
      join_path(&report->arena, &sites[i], site);
      join_law(&sites[i].law, &site->law);
      join_curve(&sites[i], &record->series);
      sites[i].callers++;
      return;
    }
  add_caller(&callers[to->nsites], site);
  add_curve(&report->arena, &record->series, site);
  to->nsites++;
}

static void find_shown(struct ls_arena *arena,
                       const struct leakslope_measurement *m,
                       struct ls_decision decision, struct ls_shown *shown) {
  shown->records = ls_arena_alloc(arena, RECORDS_READ * sizeof *shown->records);
  shown->n =
      shown->records ? choose(m, decision, shown->records, RECORDS_READ) : 0;
  ls_names_of_shown(m, arena, shown);
}

static void add_sites(struct leakslope_report *report,
                      const struct leakslope_measurement *m,
                      const struct ls_shown *shown, struct ls_measured *to) {
  struct ls_arena *arena = &report->arena;
  struct ls_report_site *sites =
      ls_arena_alloc(arena, shown->n * sizeof *sites);
  struct callers *callers = ls_arena_alloc(arena, shown->n * sizeof *callers);
  if (!shown->n || !sites || !callers) return;
  size_t at = 0;
  for (size_t i = 0; i < shown->n; i++) {
    add_site(report, m, to, sites, callers, shown->records[i],
             shown->parts + at);
    at += shown->records[i]->npcs;
  }
  for (size_t i = 0; i < to->nsites; i++)
    tell_callers(arena, &callers[i], &sites[i]);
  if (to->nsites > SITES_SHOWN) to->nsites = SITES_SHOWN;
  for (size_t i = 0; i < to->nsites; i++)
    add_checkpoints(&report->arena, &sites[i]);
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
  struct ls_measured *to = &one->measured;
  struct ls_shown shown;
  struct ls_run_facts facts;
  struct ls_decision decision;
  do { /* what is accepted may have hidden what is not */
    facts = facts_of(m);
    decision = ls_outcome_of(&facts);
    find_shown(&report->arena, m, decision, &shown);
  } while (ls_accept_shown(m, &shown, &report->arena, to));
  one->is_measured = 1;
  to->outcome = decision.outcome;
  to->reason = decision.reason;
  to->note = m->note[0] ? ls_arena_string(&report->arena, m->note) : NULL;
  if (shown.is_unnamed && to->outcome == LS_LEAK) {
    to->outcome = LS_INCONCLUSIVE;
    to->reason = LS_REASON_UNRESOLVED;
    to->note = LS_NAMES_MISSING;
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
  add_sites(report, m, &shown, to);
  ls_accept_find_stale(m, &report->arena, to);
  return report;
}
