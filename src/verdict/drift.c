/* SPDX-License-Identifier: MIT */
/*
 * Do the values climb, whoever was born when?  Two views of the same climb:
 * the steps of the last values (if they are a random walk, steps are
 * independent), and the floors of groups (if they are a trend with noise on
 * it, floors are what the noise leaves).
 */
#include "verdict/rule.h"
#include "verdict/stats.h"

enum {
  LEAST_GROWTH = 3, /* units; less is chance */
  FINE_GROUPS = 14,
  COARSE_GROUPS = 7,
  LAW_GROUPS = 16, /* all windows, as the log law is judged from the start */
  LEAST_RISING = 4 /* of the seven groups: not one leap */
};

/* The last values against a random walk without drift, p = 0.002. */
static const double WALK_T = 2.9;
/* The floors against white noise: 12 degrees of freedom, p = 0.00015.  Coarser
   floors need no test of their own: each of seven is the lower of two of these
   fourteen, and their t is then 3.03 or more (its minimum, searched for). */
static const double FINE_T = 5.0;
/* Late share: lower than for retention, floors are noisier than births; but
   above a logarithm's. */
static const double CLIMB_SHARE = 0.31;
/* Thin: p = 0.03, with the floors' t scaled to the walk's. */
static const double THIN_T = 1.9, FINE_TO_WALK = 0.6;
static const double FADING_SHARE = 0.1;
/* Bytes fade where high-water marks of many buffers are reached one by one: the
   late ones are then much rarer than by the logarithm, .29. */
static const double BYTES_FADING_SHARE = 0.2;

struct climb {
  double last[LS_SERIES_WINDOWS]; /* steps, from the first window */
  double floor[LS_SERIES_WINDOWS];
  double fine[FINE_GROUPS];
  unsigned judged;  /* steps of last, from the shape's start */
  unsigned n_floor; /* steps of floor */
  double share;
  double walk_t;
  double fine_t;
  int floors_climb;
};

static void measure(struct climb *climb, const struct ls_shape *shape) {
  ls_shape_last_steps(shape, climb->last);
  climb->judged = ls_shape_judged_steps(shape);
  climb->n_floor = ls_shape_floor_steps(shape, climb->floor);
  climb->share = ls_late_share(climb->floor, climb->n_floor);
  ls_shape_group_steps(shape, shape->start, FINE_GROUPS, climb->fine);
  climb->walk_t = ls_t_above_zero(climb->last + shape->start, climb->judged);
  climb->fine_t = ls_t_above_zero(climb->fine, FINE_GROUPS - 1);
  climb->floors_climb = climb->fine_t >= FINE_T;
}

static int is_steady(const struct climb *climb, const struct ls_shape *shape) {
  if (ls_beats_log_law(climb->last, shape->n - 1)) return 1;
  if (climb->share < CLIMB_SHARE) return 0;
  if (ls_decelerates(climb->floor, climb->n_floor)) return 0;
  if (!ls_decelerates(climb->last + shape->start, climb->judged)) return 1;
  return climb->floors_climb && !ls_decelerates(climb->fine, FINE_GROUPS - 1);
}

/* Bytes are noisier and lumpier than counts: they must beat the log law. */
static int is_strictly_steady(const struct climb *climb,
                              const struct ls_shape *shape) {
  double steps[LS_MOST_GROUPS];
  if (climb->share < LS_STEADY_SHARE) return 0;
  if (ls_beats_log_law(climb->last, shape->n - 1)) return 1;
  ls_shape_group_steps(shape, 0, LAW_GROUPS, steps);
  return ls_beats_log_law(steps, LAW_GROUPS - 1);
}

static unsigned rising_groups(const struct climb *climb) {
  double groups[COARSE_GROUPS];
  unsigned rising = 0;
  ls_group_sums(climb->floor, climb->n_floor, COARSE_GROUPS, groups);
  for (unsigned group = 0; group < COARSE_GROUPS; group++)
    rising += groups[group] > 0;
  return rising;
}

static int is_leak(const struct climb *climb, const struct ls_shape *shape,
                   int strict) {
  if (climb->walk_t < WALK_T && !climb->floors_climb) return 0;
  if (!is_steady(climb, shape)) return 0;
  if (strict && !is_strictly_steady(climb, shape)) return 0;
  return ls_shape_uncapped(shape) &&
         (double)shape->growth >= LS_LEAST_SWINGS * ls_shape_swing(shape) &&
         rising_groups(climb) >= LEAST_RISING;
}

enum ls_site_state ls_drift(const struct ls_shape *shape, int strict) {
  struct climb climb;
  if (shape->growth < LEAST_GROWTH) return LS_SITE_SUSPECT;
  measure(&climb, shape);
  if (is_leak(&climb, shape, strict)) return LS_SITE_LEAK;
  int climbs = climb.walk_t >= THIN_T || climb.fine_t * FINE_TO_WALK >= THIN_T;
  if (climbs && climb.share >= CLIMB_SHARE) return LS_SITE_THIN;
  if (climb.walk_t >= WALK_T &&
      climb.share >= (strict ? BYTES_FADING_SHARE : FADING_SHARE))
    return LS_SITE_FADING;
  return LS_SITE_SUSPECT;
}
