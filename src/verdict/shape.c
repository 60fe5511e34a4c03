/* SPDX-License-Identifier: MIT */
/* Prepares a series for the rule: floors, rises, plateaus. */
#include "verdict/shape.h"

#include "verdict/stats.h"

void ls_shape_of(struct ls_shape *shape, const struct ls_windows *windows,
                 unsigned n) {
  shape->windows = windows;
  shape->n = n;
  shape->start = n / LS_STARTUP_PART;
  shape->rest = 3 * n / 4;
  int64_t least = windows->low[n - 1];
  for (unsigned k = n; k-- > 0;) {
    if (windows->low[k] < least) least = windows->low[k];
    shape->floor[k] = least;
  }
  shape->growth = shape->floor[n - 1] - shape->floor[shape->start];
}

int ls_shape_only_rises(const struct ls_shape *shape) {
  const struct ls_windows *windows = shape->windows;
  for (unsigned k = 0; k + 1 < shape->n; k++)
    if (windows->low[k + 1] < windows->high[k]) return 0;
  return 1;
}

static int64_t highest(const int64_t *values, unsigned begin, unsigned end) {
  int64_t most = values[begin];
  for (unsigned k = begin; k < end; k++)
    if (values[k] > most) most = values[k];
  return most;
}

int ls_shape_uncapped(const struct ls_shape *shape) {
  const int64_t *high = shape->windows->high;
  unsigned n = shape->n;
  /* the last quarter against the second: the first is start-up in part */
  return highest(high, 3 * n / 4, n) > highest(high, n / 4, n / 2);
}

unsigned ls_shape_floor_steps(const struct ls_shape *shape, double *steps) {
  unsigned n = shape->n - 1 - shape->start;
  const int64_t *floor = shape->floor + shape->start;
  for (unsigned i = 0; i < n; i++) steps[i] = (double)(floor[i + 1] - floor[i]);
  return n;
}

void ls_shape_last_steps(const struct ls_shape *shape, double *steps) {
  const int64_t *last = shape->windows->last;
  for (unsigned i = 0; i + 1 < shape->n; i++)
    steps[i] = (double)(last[i + 1] - last[i]);
}

unsigned ls_shape_judged_steps(const struct ls_shape *shape) {
  return shape->n - 2 - shape->start;
}

double ls_shape_swing(const struct ls_shape *shape) {
  double swings[LS_SERIES_WINDOWS];
  const struct ls_windows *windows = shape->windows;
  unsigned n = shape->n - shape->start;
  for (unsigned i = 0; i < n; i++) {
    unsigned k = shape->start + i;
    swings[i] = (double)(windows->high[k] - windows->low[k]);
  }
  ls_sort(swings, n);
  return swings[n / 2];
}

void ls_shape_group_steps(const struct ls_shape *shape, unsigned from,
                          unsigned groups, double *steps) {
  double minima[LS_MOST_GROUPS];
  ls_group_minima(shape->windows->low + from, shape->n - from, groups, minima);
  for (unsigned i = 0; i + 1 < groups; i++)
    steps[i] = minima[i + 1] - minima[i];
}
