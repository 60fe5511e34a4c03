/* SPDX-License-Identifier: MIT */
/* Tells growth by a factor from the sizes at times that double. */
#include "verdict/shape.h"

enum {
  POINTS = 5,        /* the ends of 1/16, 1/8, 1/4, 1/2 and all of the run */
  PARTS = 16,        /* 2 ^ (POINTS - 1) */
  LEAST_WINDOWS = 32 /* two windows in the shortest of them */
};

/* Growth per doubling of the time: linear growth and growth by the factor 2
   give 2 in the mean, factors 1.5 and 1.618 give 1.5 to 2.62 by turns; and one
   step more falls into an octave by chance: two of 2, or three of 1.5.  Both
   ends leave room: the whole says how much. */
static const double FACTOR_LEAST = 1.15, FACTOR_MOST = 5;
/* Over all four doublings 2^4 = 16, and half or twice that where the run begins
   or ends beside a step; with the factor 1.5, 1.5^6 = 11.4 to 1.5^8 = 25.6. */
static const double WHOLE_LEAST = 8, WHOLE_MOST = 32;
/* A start-up that spoils the first doubling is forgiven where the last three
   are exact. */
static const double EXACT_LEAST = 1.85, EXACT_MOST = 2.15;

static int within(double value, double least, double most) {
  return value >= least && value <= most;
}

static int grows_by_octaves(const double *at) {
  int all = within(at[POINTS - 1] / at[0], WHOLE_LEAST, WHOLE_MOST);
  int exact = 1;
  for (unsigned i = 0; i + 1 < POINTS; i++) {
    double factor = at[i + 1] / at[i];
    all &= within(factor, FACTOR_LEAST, FACTOR_MOST);
    exact &= i == 0 || within(factor, EXACT_LEAST, EXACT_MOST);
  }
  return all | exact;
}

static int has_octaves(const int64_t *values, unsigned n) {
  double at[POINTS];
  if (n < LEAST_WINDOWS) return 0;
  for (unsigned i = 0; i < POINTS; i++) {
    int64_t value = values[(n << i) / PARTS - 1];
    if (value <= 0) return 0;
    at[i] = (double)value;
  }
  return grows_by_octaves(at);
}

int ls_shape_octaves(const struct ls_shape *shape) {
  /* what is given back again and again has any value at those times */
  if (2 * shape->growth < shape->windows->low[shape->n - 1]) return 0;
  return has_octaves(shape->windows->low, shape->n) ||
         has_octaves(shape->windows->last, shape->n);
}
