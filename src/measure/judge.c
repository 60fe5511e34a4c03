/* SPDX-License-Identifier: MIT */
/* At a rung: from the series of each record, and from who of its blocks is
   alive, to what they say of it. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "measure/measurement.h"

/* Live blocks by the window they were born in, for each record. */
struct births {
  struct leakslope_measurement *m;
  int64_t (*of)[LS_SERIES_WINDOWS];
};

static void count_birth(struct births *births, uint32_t record,
                        uint32_t iteration) {
  if (!record) return;
  const struct ls_series *series = &births->m->records[record - 1].series;
  births->of[record - 1][ls_series_window_of(series, iteration)]++;
}

static void visit_block(void *arg, uint32_t site, uint32_t birth) {
  struct births *births = arg;
  struct leakslope_measurement *m = births->m;
  birth = ls_birth_epoch(birth);
  /* Born before the baseline: says nothing about growth since. */
  if (birth <= m->epoch || birth > m->epoch + m->iterations) return;
  const struct ls_seen *seen = ls_book_seen(m, site);
  if (!seen) return;
  count_birth(births, seen->record, birth - m->epoch);
  count_birth(births, seen->group, birth - m->epoch);
}

static int ever_rose(const struct ls_series *series) {
  return series->count.peak > series->base_count ||
         series->bytes.peak > series->base_bytes;
}

static int any_rose(const struct leakslope_measurement *m) {
  for (uint32_t i = 0; i < m->nrecords; i++)
    if (ever_rose(&m->records[i].series)) return 1;
  return 0;
}

/* A call site's record shows the path of its member that grew most. */
static void adopt_path(struct leakslope_measurement *m,
                       const struct ls_record *member) {
  if (!member->group) return;
  struct ls_record *group = &m->records[member->group - 1];
  uint32_t best = group->group; /* of a call site: its best member, plus one */
  const struct ls_record *before = best ? &m->records[best - 1] : NULL;
  int64_t grew = member->series.bytes.held - member->series.base_bytes;
  if (before && before->series.bytes.held - before->series.base_bytes >= grew)
    return;
  group->group = (uint32_t)(member - m->records) + 1;
  group->npcs = member->npcs;
  group->is_truncated = member->is_truncated;
  memcpy(group->label, member->label, sizeof group->label);
  for (uint32_t i = 0; i < member->npcs; i++) group->pcs[i] = member->pcs[i];
}

/* Blocks that are freed late hide in their number what is kept of them. */
static void judge_survivors(struct ls_record *record,
                            const int64_t births[LS_SERIES_WINDOWS]) {
  struct ls_series survivors = record->series;
  enum ls_site_state kept =
      ls_survivors_judge(&survivors, births, record->freed_late);
  if (kept <= record->state) return;
  record->state = kept;
  record->series = survivors;
}

/* A gauge has no blocks that were born: what was never given back stands for
   them. */
static void births_of_gauge(const struct ls_series *series,
                            int64_t births[LS_SERIES_WINDOWS]) {
  unsigned n = ls_series_windows(series);
  int64_t floor = INT64_MAX;
  for (unsigned w = n; w-- > 0;) {
    int64_t low = series->count.low[w] < floor ? series->count.low[w] : floor;
    if (w + 1 < n) births[w + 1] = floor - low;
    floor = low;
  }
  if (n)
    births[0] = floor > series->base_count ? floor - series->base_count : 0;
}

static void judge_one(struct leakslope_measurement *m, uint32_t i,
                      int64_t (*births)[LS_SERIES_WINDOWS]) {
  struct ls_record *record = &m->records[i];
  ls_series_extend(&record->series, m->iterations);
  if (births && record->domain == LS_DOMAIN_GAUGE)
    births_of_gauge(&record->series, births[i]);
  int64_t limit = m->limits[record->domain];
  record->state =
      ever_rose(&record->series)
          ? ls_site_judge(&record->series, births ? births[i] : NULL, limit)
          : LS_SITE_OK;
  if (births) judge_survivors(record, births[i]);
  if (record->state > m->worst) m->worst = record->state;
}

/* By when what is bounded is taken to be at rest.  Who asks for a number of
   iterations wants an answer at its end. */
static uint32_t rested_by(const struct leakslope_measurement *m) {
  uint32_t n = m->iterations, last = m->last_rung;
  if (m->plan.iterations) return ls_ladder_rested(n, n / 2);
  if (m->goes_on) return ls_ladder_rested(n, n + 1);
  return ls_ladder_rested(n, n < last ? n : last);
}

int ls_judge_is_flat(const struct leakslope_measurement *m) {
  for (uint32_t i = 0; i < m->nrecords; i++) {
    const struct ls_series *series = &m->records[i].series;
    if (series->count.held > series->base_count ||
        series->bytes.held > series->base_bytes)
      return 0;
  }
  return 1;
}

void ls_judge_all(struct leakslope_measurement *m) {
  struct ls_arena scratch = {0};
  struct births births = {m, NULL};
  int own = m->book && m->owner == getpid();
  for (uint32_t i = 0; i < m->nrecords; i++) {
    ls_series_extend(&m->records[i].series, m->iterations);
    m->records[i].series.rested = rested_by(m);
  }
  if (own && any_rose(m)) {
    births.of = ls_arena_alloc(&scratch, m->nrecords * sizeof *births.of);
    if (births.of) ls_tracker_walk(visit_block, &births);
  }
  m->worst = LS_SITE_OK;
  for (uint32_t i = 0; i < m->nrecords; i++) {
    judge_one(m, i, births.of);
    if (m->records[i].level == LS_LEVEL_TRACEBACK)
      adopt_path(m, &m->records[i]);
  }
  ls_arena_release(&scratch);
}
