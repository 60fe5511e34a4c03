/* SPDX-License-Identifier: MIT */
/* The few statistics that the rule asks for. */
#include "verdict/stats.h"

#include <math.h>

double ls_sum(const double *values, unsigned n) {
  double sum = 0;
  for (unsigned i = 0; i < n; i++) sum += values[i];
  return sum;
}

struct ls_moments ls_moments_of(const double *values, unsigned n) {
  double mean = ls_sum(values, n) / n;
  double squares = 0;
  for (unsigned i = 0; i < n; i++)
    squares += (values[i] - mean) * (values[i] - mean);
  return (struct ls_moments){mean, squares / (n - 1)};
}

double ls_late_share(const double *values, unsigned n) {
  unsigned half = n / 2;
  return ls_sum(values + n - half, half) / ls_sum(values, n);
}

double ls_t_above_zero(const double *values, unsigned n) {
  struct ls_moments of = ls_moments_of(values, n);
  if (of.mean <= 0) return 0;
  if (of.variance == 0) return LS_T_CERTAIN;
  return of.mean / sqrt(of.variance / n);
}

/* One-sided p = 0.005: a steady leak is called fading once in 200 times. */
static const double SLOWER_T = 2.6;

int ls_decelerates(const double *steps, unsigned n) {
  unsigned half = n / 2;
  struct ls_moments early = ls_moments_of(steps, half);
  struct ls_moments late = ls_moments_of(steps + n - half, half);
  double error = early.variance / half + late.variance / half;
  if (error == 0) return late.mean < early.mean;
  return (late.mean - early.mean) / sqrt(error) < -SLOWER_T;
}

/* Two standard errors, one-sided p = 0.02; the other tests must hold too. */
static const double LOG_LAW_SIGMAS = 2.0;
/* Growth by log(time) is 0.49 times as fast in [5/8, 7/8) of the run as in
   [1/4, 1/2): half is what has to be beaten. */
static const double LOG_LAW_PACE = 0.5;

int ls_beats_log_law(const double *steps, unsigned n) {
  unsigned early_n = n / 2 - n / 4;
  unsigned late_n = n * 7 / 8 - n * 5 / 8;
  struct ls_moments early = ls_moments_of(steps + n / 4, early_n);
  struct ls_moments late = ls_moments_of(steps + n * 5 / 8, late_n);
  double variance = late.variance / late_n +
                    LOG_LAW_PACE * LOG_LAW_PACE * early.variance / early_n;
  double excess = late.mean - LOG_LAW_PACE * early.mean;
  /* A cache of random keys beats it while it is half full, and slows down all
     the way: what leaks beside a cache that is full does not. */
  return late.mean > 0 && excess >= LOG_LAW_SIGMAS * sqrt(variance) &&
         !ls_decelerates(steps + n / 2, n - n / 2);
}

static unsigned group_begin(unsigned n, unsigned groups, unsigned group) {
  return group * n / groups;
}

/* At least one value per group, so that none is empty. */
static unsigned group_end(unsigned n, unsigned groups, unsigned group) {
  unsigned begin = group_begin(n, groups, group);
  unsigned end = group_begin(n, groups, group + 1);
  return end > begin ? end : begin + 1;
}

void ls_group_sums(const double *values, unsigned n, unsigned groups,
                   double *sums) {
  for (unsigned group = 0; group < groups; group++) {
    unsigned begin = group_begin(n, groups, group);
    unsigned end = group_end(n, groups, group);
    sums[group] = ls_sum(values + begin, end - begin);
  }
}

void ls_group_minima(const int64_t *values, unsigned n, unsigned groups,
                     double *minima) {
  for (unsigned group = 0; group < groups; group++) {
    unsigned begin = group_begin(n, groups, group);
    int64_t least = values[begin];
    for (unsigned i = begin; i < group_end(n, groups, group); i++)
      if (values[i] < least) least = values[i];
    minima[group] = (double)least;
  }
}

/* Insertion: 64 values at most, and qsort may allocate. */
void ls_sort(double *values, unsigned n) {
  for (unsigned i = 1; i < n; i++) {
    double value = values[i];
    unsigned at = i;
    for (; at > 0 && values[at - 1] > value; at--) values[at] = values[at - 1];
    values[at] = value;
  }
}
