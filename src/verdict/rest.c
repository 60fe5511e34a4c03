/* SPDX-License-Identifier: MIT */
/*
 * What grew and is not found to grow steadily: may it be called clean?
 *
 * Yes where it grew too rarely for a leak that a clean run rules out (of one
 * in a fifth of the iterations there are five), where its growth is over, or
 * where its values go up and down by as much within one window.  The rest is
 * undecided.
 */
#include "verdict/rule.h"
#include "verdict/stats.h"

enum { LEAST_RISES = 5 };

/* Of steady growth 2/7 is in the last quarter of the run, of which the first
   eighth is not counted; less than about half of that is an end. */
static const double LATE_PART = 1.0 / 6;

static unsigned rises_of(const struct ls_shape *shape) {
  double steps[LS_SERIES_WINDOWS];
  unsigned n = ls_shape_floor_steps(shape, steps), rises = 0;
  for (unsigned i = 0; i < n; i++) rises += steps[i] > 0;
  return rises;
}

int ls_is_at_rest(const struct ls_shape *shape) {
  unsigned n = shape->n;
  double growth = (double)shape->growth;
  double late = (double)(shape->floor[n - 1] - shape->floor[3 * n / 4 - 1]);
  return rises_of(shape) < LEAST_RISES || late < LATE_PART * growth ||
         growth < LS_LEAST_SWINGS * ls_shape_swing(shape);
}
