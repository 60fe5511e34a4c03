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
 * So the survivors are believed only where much of what grew was freed late (by
 * a few blocks fewer no growth is hidden), and where they look like the first.
 */
#include <math.h>

#include "verdict/rule.h"

/* Parts of the survivors, as many fewer as chance may take. */
static const double LEVEL_PART = 0.8, EARLY_PART = LS_STEADY_SHARE;
static const double CHANCE_SIGMAS = 1.5;
/* What is left of the growth, in blocks that were freed late, at the most. */
enum { MOST_LEFT = 4 };

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
  if (n < LS_LEAST_WINDOWS || grew <= 0 || MOST_LEFT * freed_late < grew)
    return LS_SITE_OK;
  if (!level_follows(grew, sum(births, 0, n)) || !are_old(births, n))
    return LS_SITE_OK;
  ls_series_of_survivors(series, births);
  return ls_site_judge(series, births, 0);
}
