/* SPDX-License-Identifier: MIT */
/* What needs more iterations.  Errs to the side of "yes": a wrong yes costs
   time, a wrong no hides a leak. */
#include "verdict/rule.h"
#include "verdict/stats.h"

/* A plateau: in the last quarter there is as good as no growth any more (less
   than a twentieth of it) and at most two windows with a rise.  The second
   condition is for a full cache beside a slow leak. */
static const double PLATEAU_LATE = 0.05;
enum { PLATEAU_LATE_RISES = 2 };

/* It takes some growth to have plateaued: this many rises; or, where values
   also fall, this many units and a growth spread over five equal steps
   (a buffer that doubles has less than three). */
enum { PLATEAU_RISES = 20, PLATEAU_UNITS = 20, PLATEAU_SPREAD = 5 };

/* Under so many iterations a slow leak has left few marks: any will do, so that
   nothing has plateaued that still rises in the last quarter.  And a small
   cache has left few when it is full: this many rises. */
enum { FEW_ITERATIONS = 400, FEW_PLATEAU_RISES = 10 };

/* t of survivors by window of birth (p = 0.1), of the last values (0.3) and of
   the floors of seven groups (0.1). */
static const double BIRTHS_T = 1.4, LAST_T = 0.5, FLOORS_T = 1.4;
enum { FLOOR_GROUPS = 7 };

static int has_plateaued(const struct ls_shape *shape, int64_t unit) {
  double steps[LS_SERIES_WINDOWS], squares = 0, late = 0;
  unsigned n = ls_shape_floor_steps(shape, steps), late_rises = 0;
  for (unsigned i = 0; i < n; i++) squares += steps[i] * steps[i];
  for (unsigned i = n - (shape->n - shape->rest); i < n; i++) {
    late += steps[i];
    late_rises += steps[i] > 0;
  }
  double growth = (double)shape->growth;
  return growth * growth / squares >= PLATEAU_SPREAD &&
         late < PLATEAU_LATE * growth &&
         growth >= (double)(PLATEAU_UNITS * unit) &&
         late_rises <= PLATEAU_LATE_RISES;
}

int ls_worth(const struct ls_shape *shape, int64_t unit) {
  double steps[LS_SERIES_WINDOWS], floors[LS_MOST_GROUPS];
  unsigned n = shape->n;
  if (shape->floor[n - 1] == shape->floor[3 * n / 8]) return 0;
  if (has_plateaued(shape, unit)) return 0;
  ls_shape_last_steps(shape, steps);
  double t =
      ls_t_above_zero(steps + shape->start, ls_shape_judged_steps(shape));
  if (t >= LAST_T) return 1;
  ls_shape_group_steps(shape, shape->start, FLOOR_GROUPS, floors);
  return ls_t_above_zero(floors, FLOOR_GROUPS - 1) >= FLOORS_T;
}

/* Nothing was ever given back: some rise after the first quarter. */
static int rises_on(const struct ls_shape *count, int few) {
  const int64_t *low = count->windows->low;
  unsigned n = count->n, rises = 0, late_rises = 0, latest = 0;
  for (unsigned k = 1; k < n; k++) {
    if (low[k] == low[k - 1]) continue;
    rises++;
    late_rises += k >= count->rest;
    latest = k;
  }
  if (latest < n / 4) return 0;
  double late = (double)(low[n - 1] - low[count->rest]);
  /* half of the run without any, after ten: p = 0.001 for a leak by chance */
  int is_half = count->rest < 5 * n / 8;
  if (few || (is_half && rises < PLATEAU_RISES))
    return rises < FEW_PLATEAU_RISES || late_rises > 0;
  return rises < PLATEAU_RISES ||
         late >= PLATEAU_LATE * (double)(low[n - 1] - low[0]) ||
         late_rises > PLATEAU_LATE_RISES;
}

/* Survivors from before the cut-off, and not all from one moment: in two or
   more groups. */
static int born_over_time(const double *births, unsigned n, unsigned cut) {
  double groups[LS_LATEST_CUT];
  unsigned occupied = 0;
  ls_group_sums(births, n * cut / LS_CUT_PARTS, cut, groups);
  for (unsigned group = 0; group < cut; group++) occupied += groups[group] > 0;
  return occupied >= 2 && ls_t_above_zero(groups, cut) >= BIRTHS_T;
}

int ls_suspect(const struct ls_shape *count, const double *births,
               uint32_t iterations, int only_rises) {
  unsigned n = count->n, start = count->start;
  int few = iterations < FEW_ITERATIONS;
  if (only_rises) return rises_on(count, few);
  if (few)
    return count->growth > 0 || ls_sum(births + start, n * 3 / 4 - start) > 0;
  if (count->growth == 0) return 0;
  for (unsigned cut = LS_LATEST_CUT; cut >= LS_EARLIEST_CUT; cut--)
    if (born_over_time(births, n, cut)) return 1;
  return ls_worth(count, LS_UNIT_BLOCK);
}
