/* SPDX-License-Identifier: MIT */
/*
 * Who is alive, and when was it born?  A leak keeps some of every age; a
 * cache, a queue or a pool keeps the young ones, and its old ones are few.
 *
 *   births   ..:::::::::::::|      the youngest are left out: they may yet
 *            start     cut-off     be freed
 *
 * Three cut-offs (7/8, 6/8, 5/8 of the run): a burst late in the run must not
 * hide the steady leak before it.
 */
#include <math.h>

#include "verdict/rule.h"
#include "verdict/stats.h"

enum {
  MOST_COHORT_GROUPS = LS_LATEST_CUT - 1, /* one per eighth after start-up */
  /* Six survivors in three quarters of a run: 8 per run, the least that a
     rate can be told from. */
  LEAST_SURVIVORS = 6,
  LEAST_GROUPS = 4,         /* with survivors, of 4 to 6 groups */
  LEAST_THIN_SURVIVORS = 3, /* fewer are chance */
  LEAST_THIN_GROUPS = 2
};

/* What t must be.  Where nothing was ever given back births are a Poisson
   process at the most, and t is about the root of their number; where blocks
   come and go, stacks of them walk to 2 or 3 by chance; where births clump,
   the clumps are the events and t says less. */
static const double T_ONLY_RISES = 2.3, T_CHURN = 3.4, T_CLUMPED = 5.0;
/* Variance of the groups, in means: 1 for Poisson. */
static const double CLUMPED_VARIANCE = 3.0;

/* Births after the cut-off may be more than before, never far fewer. */
static const double AFTER_CUT_PACE = 0.75;

/* The level must really follow the survivors over the second half, and over
   the last quarter too, where a cache of random replacement has come to rest:
   by this part of the births expected there, less 1.5 standard deviations of
   them. */
static const double LEVEL_PART = 0.6, LEVEL_SIGMAS = 1.5;

/* Fading: a quarter of the expected rise is there, and some of it is late. */
static const double FADING_LEVEL = 0.25, FADING_SHARE = 0.15;

static const double THIN_T = 1.4; /* p = 0.1; names the outcome only */

/* The survivors born between start-up and one cut-off. */
struct cohort {
  double groups[MOST_COHORT_GROUPS];
  unsigned n;        /* groups */
  unsigned occupied; /* groups that are not empty */
  double total;
  double expected; /* births over the second half of the run, at this rate */
  double share;    /* of them late */
  int steady;
};

/* Returns 0 if the survivors before this cut-off say nothing. */
static int gather(struct cohort *cohort, const struct ls_shape *count,
                  const double *births, unsigned cut) {
  unsigned n = count->n, start = count->start;
  unsigned end = n * cut / LS_CUT_PARTS, length = end - start;
  unsigned after = n * LS_LATEST_CUT / LS_CUT_PARTS - end;
  cohort->n = cut - 1;
  ls_group_sums(births + start, length, cohort->n, cohort->groups);
  cohort->total = ls_sum(cohort->groups, cohort->n);
  if (cohort->total < LEAST_THIN_SURVIVORS) return 0;
  if (ls_sum(births + end, after) <
      AFTER_CUT_PACE * cohort->total / length * after)
    return 0;
  cohort->occupied = 0;
  for (unsigned group = 0; group < cohort->n; group++)
    cohort->occupied += cohort->groups[group] > 0;
  cohort->expected = cohort->total / length * (n - n / 2);
  cohort->share = ls_late_share(births + start, length);
  cohort->steady = (cohort->share >= LS_STEADY_SHARE &&
                    !ls_decelerates(births + start, length)) ||
                   ls_beats_log_law(births, n);
  return 1;
}

static int has_evidence(const struct cohort *cohort, double t, int only_rises) {
  double chance = CLUMPED_VARIANCE * cohort->total / cohort->n;
  double variance = ls_moments_of(cohort->groups, cohort->n).variance;
  double need = variance <= chance ? T_CHURN : T_CLUMPED;
  if (only_rises) need = T_ONLY_RISES;
  return cohort->total >= LEAST_SURVIVORS && cohort->occupied >= LEAST_GROUPS &&
         t >= need;
}

static int level_follows(double rise, double expected) {
  return rise > 0 &&
         rise >= LEVEL_PART * expected - LEVEL_SIGMAS * sqrt(expected);
}

/* How the floor rose over the second half and over the last quarter. */
struct rise {
  double half, quarter;
  int is_capped;
};

static int level_follows_to_the_end(const struct rise *rise, double expected) {
  return !rise->is_capped && level_follows(rise->half, expected) &&
         level_follows(rise->quarter, expected / 2);
}

static enum ls_site_state judge(const struct cohort *cohort,
                                const struct rise *rise, int only_rises) {
  double t = ls_t_above_zero(cohort->groups, cohort->n);
  int follows = level_follows_to_the_end(rise, cohort->expected);
  if (has_evidence(cohort, t, only_rises)) {
    if (follows && cohort->steady) return LS_SITE_LEAK;
    int fading = rise->half >= FADING_LEVEL * cohort->expected &&
                 cohort->share >= FADING_SHARE;
    return fading ? LS_SITE_FADING : LS_SITE_SUSPECT;
  }
  int thin = cohort->occupied >= LEAST_THIN_GROUPS && t >= THIN_T && follows &&
             cohort->share >= LS_STEADY_SHARE;
  return thin ? LS_SITE_THIN : LS_SITE_SUSPECT;
}

enum ls_site_state ls_retention(const struct ls_shape *count,
                                const double *births, int only_rises) {
  enum ls_site_state worst = LS_SITE_SUSPECT;
  unsigned n = count->n;
  const int64_t *floor = count->floor;
  const struct rise rise = {
      .half = (double)(floor[n - 1] - floor[n / 2]),
      .quarter = (double)(floor[n - 1] - floor[3 * n / 4]),
      .is_capped = !only_rises && !ls_shape_uncapped(count),
  };
  for (unsigned cut = LS_LATEST_CUT; cut >= LS_EARLIEST_CUT; cut--) {
    struct cohort cohort;
    if (!gather(&cohort, count, births, cut)) continue;
    enum ls_site_state state = judge(&cohort, &rise, only_rises);
    if (state > worst) worst = state;
  }
  return worst;
}
