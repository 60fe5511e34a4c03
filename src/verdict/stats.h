/* SPDX-License-Identifier: MIT */
/*
 * The statistics of the rule, on short arrays (at most one value per window).
 *
 * "Steps" are differences of neighbouring values: a quantity that grows
 * steadily has steps with a mean above zero and no trend of their own.
 * The order of the floating-point operations is part of the interface: the
 * rule has sharp thresholds, and the same series must give the same verdict
 * with every compiler.
 */
#ifndef LS_VERDICT_STATS_H
#define LS_VERDICT_STATS_H

#include <stdint.h>

struct ls_moments {
  double mean;
  double variance; /* unbiased */
};

/* n >= 2. */
struct ls_moments ls_moments_of(const double *values, unsigned n);

double ls_sum(const double *values, unsigned n);

/* The part of the sum (which is not 0) in the last n / 2 values. */
double ls_late_share(const double *values, unsigned n);

/* Student's t of "the mean is above zero"; 0 when it is not, and
   LS_T_CERTAIN when the values do not vary. */
double ls_t_above_zero(const double *values, unsigned n);
#define LS_T_CERTAIN 99.0 /* above every threshold of the rule */

/* 1 if the second half is lower than the first, by Welch's t test. */
int ls_decelerates(const double *steps, unsigned n);

/* 1 if the steps late in the run are too large for growth by the logarithm
   of the time, which is how a cache of random keys or a record fades. */
int ls_beats_log_law(const double *steps, unsigned n);

/* Sums, minima of `groups` runs of neighbours of equal length (to within
   one).  With more groups than values some values count in two groups. */
void ls_group_sums(const double *values, unsigned n, unsigned groups,
                   double *sums);
void ls_group_minima(const int64_t *values, unsigned n, unsigned groups,
                     double *minima);

/* Ascending, in place. */
void ls_sort(double *values, unsigned n);

#endif
