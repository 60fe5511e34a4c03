/* SPDX-License-Identifier: MIT */
/*
 * Where blocks are freed late, their number is that of those that wait: what is
 * kept of them shows in the survivors alone, by when they were born.
 *
 *   a leak       |::::::::::::::|   as many old ones as young ones,
 *                                   and the level is higher by all of them
 *   a population |      ....::::|   the young ones; and where it was there
 *                                   before, others went for each that came
 *
 * So the survivors are believed only where blocks were freed late at all, at
 * the end or on the way, and where they look like the first.  How many were
 * freed at the end is no evidence: a thread that frees now and then may just
 * have done so.
 */
#include <math.h>

#include "verdict/rule.h"

/* Parts of the survivors, as many fewer as chance may take. */
static const double LEVEL_PART = 0.8, EARLY_PART = LS_STEADY_SHARE;
static const double CHANCE_SIGMAS = 1.5;
/* Blocks by which it was higher on the way: a part of what is left. */
enum { MUCH = 4 };

static int64_t sum(const int64_t *births, unsigned from, unsigned to) {
  int64_t all = 0;
  for (unsigned k = from; k < to; k++) all += births[k];
  return all;
}

/* By how much the level rose that is no longer going to be freed. */
static int level_follows(int64_t grew, int64_t alive) {
  double expected = (double)alive;
  return (double)grew >= LEVEL_PART * expected - CHANCE_SIGMAS * sqrt(expected);
}

/* Whether enough of them are old. */
static int are_old(const int64_t *births, unsigned n) {
  unsigned start = n / LS_CUT_PARTS, end = n * LS_LATEST_CUT / LS_CUT_PARTS;
  double all = (double)sum(births, start, end);
  double early = (double)sum(births, start, start + (end - start) / 2);
  return early >= EARLY_PART * all - CHANCE_SIGMAS * sqrt(all) / 2;
}

enum ls_site_state ls_survivors_judge(struct ls_series *series,
                                      const int64_t births[LS_SERIES_WINDOWS],
                                      int64_t freed_late) {
  unsigned n = ls_series_windows(series);
  int64_t grew = series->count.held - series->base_count;
  int64_t fell = series->count.peak - series->count.held;
  if (n < LS_LEAST_WINDOWS || grew <= 0) return LS_SITE_OK;
  if (freed_late <= 0 && MUCH * fell < grew) return LS_SITE_OK;
  if (!level_follows(grew, sum(births, 0, n)) || !are_old(births, n))
    return LS_SITE_OK;
  ls_series_of_survivors(series, births);
  enum ls_site_state state = ls_site_judge(series, births, 0);
  /* What fell on the way may be batches: those who are alive are the latest. */
  return freed_late > 0 || state == LS_SITE_LEAK ? state : LS_SITE_OK;
}
