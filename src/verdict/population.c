/* SPDX-License-Identifier: MIT */
/*
 * A population whose members live for a random time is at rest, and wanders:
 * far enough, at times, to look like growth.  What tells it from a leak are the
 * ages of who is alive:
 *
 *   a population  ....::||||    fewer and fewer the older they are, by the same
 *                               factor in each eighth of the run
 *   a leak        ::::::::::    as many old ones as young ones
 *   a backlog            |||    none that is older than its length
 *
 * The youngest eighth is left out: a short queue beside a leak is in it.
 */
#include <math.h> /* sqrt() is an instruction */

#include "verdict/rule.h"
#include "verdict/stats.h"

/* Of a mean life, in parts of the run.  Longer than that, and who is old is not
   old enough to tell. */
static const double LONGEST_LIFE = 0.33;
/* Of a population the parts that are older than a mean life, 1/e, and than two
   and a half.  Who is as old as that is not in a backlog; there must be a third
   of that part at the least. */
static const double PAST_A_LIFE = 0.36787944117144233,
                    PAST_OLD = 0.0820849986238988, LEAST_OLD = 0.027;
/* Those of the first half may be more than expected by chance. */
static const double CHANCE_SIGMAS = 2.5, CHANCE = 1.0;

/* Fewer have no ages to speak of. */
static const double LEAST = 8;

struct ages {
  double all;   /* who is older than an eighth of the run */
  double stays; /* the part of them that is a window older */
};

static double power(double base, unsigned n) {
  double product = 1;
  while (n--) product *= base;
  return product;
}

/* Of a number up to 1, by halving: libm would have to be loaded into each
   process that is traced. */
static double root(double value, unsigned n) {
  enum { HALVINGS = 60 };
  double low = 0, high = 1;
  for (int i = 0; i < HALVINGS; i++) {
    double middle = (low + high) / 2;
    if (power(middle, n) > value)
      high = middle;
    else
      low = middle;
  }
  return (low + high) / 2;
}

/* Windows until no more than that part is alive; `most` and one where that
   takes longer. */
static unsigned age_at(const struct ages *ages, double part, unsigned most) {
  unsigned age = 0;
  double alive = 1;
  for (; age <= most && alive > part; age++) alive *= ages->stays;
  return age;
}

/* From the part that is not older than two eighths; 0 if that says nothing. */
static int fit(struct ages *ages, const double *births, unsigned n) {
  unsigned eighth = n / LS_CUT_PARTS, end = n - eighth;
  ages->all = ls_sum(births, end);
  double young = ls_sum(births + end - eighth, eighth);
  if (ages->all < LEAST || young == 0 || young == ages->all) return 0;
  ages->stays = root(1 - young / ages->all, eighth);
  return age_at(ages, PAST_A_LIFE, n) <= LONGEST_LIFE * n;
}

/* How many of them are expected to be older than `age`, in windows beyond the
   youngest eighth. */
static double older(const struct ages *ages, unsigned age) {
  return ages->all * power(ages->stays, age);
}

int ls_population(const double *births, unsigned n) {
  struct ages ages;
  unsigned eighth = n / LS_CUT_PARTS;
  if (!fit(&ages, births, n)) return 0;
  /* 0.95 n and one at the most, by the constants: fewer than n. */
  unsigned old = eighth + age_at(&ages, PAST_OLD, n);
  if (ls_sum(births, n - old) < LEAST_OLD * ages.all) return 0;
  double expected = older(&ages, n / 2 - eighth) - older(&ages, n - 2 * eighth);
  double first_half = ls_sum(births + eighth, n / 2 - eighth);
  return first_half <= expected + CHANCE_SIGMAS * sqrt(expected) + CHANCE;
}
