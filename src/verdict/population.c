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
#include <math.h>

#include "verdict/rule.h"
#include "verdict/stats.h"

/* Of a mean life, in parts of the run.  Longer than the first, and who is old
   is not old enough to tell. */
static const double LONGEST_LIFE = 0.33;
/* Who is so many mean lives old is not in a backlog; of a population the 12th
   part is, a third of that at the least. */
static const double OLD_LIVES = 2.5, LEAST_OLD = 0.027;
/* Those of the first half may be more than expected by chance. */
static const double CHANCE_SIGMAS = 2.5, CHANCE = 1.0;

/* Fewer have no ages to speak of. */
static const double LEAST = 8;

struct ages {
  double all; /* who is older than an eighth of the run */
  double life;
};

/* From the part that is not older than two eighths; 0 if that says nothing. */
static int fit(struct ages *ages, const double *births, unsigned n) {
  unsigned eighth = n / LS_CUT_PARTS, end = n - eighth;
  ages->all = ls_sum(births, end);
  double young = ls_sum(births + end - eighth, eighth);
  if (ages->all < LEAST || young == 0 || young == ages->all) return 0;
  ages->life = -(double)eighth / log(1 - young / ages->all);
  return ages->life <= LONGEST_LIFE * n;
}

/* How many of them are expected to be older than `age`, in windows beyond the
   youngest eighth. */
static double older(const struct ages *ages, double age) {
  return ages->all * exp(-age / ages->life);
}

int ls_population(const double *births, unsigned n) {
  struct ages ages;
  unsigned eighth = n / LS_CUT_PARTS;
  if (!fit(&ages, births, n)) return 0;
  /* 0.95 n and one at the most, by the two constants: fewer than n. */
  unsigned old = eighth + (unsigned)ceil(OLD_LIVES * ages.life);
  if (ls_sum(births, n - old) < LEAST_OLD * ages.all) return 0;
  double expected = older(&ages, n / 2 - eighth) - older(&ages, n - 2 * eighth);
  double first_half = ls_sum(births + eighth, n / 2 - eighth);
  return first_half <= expected + CHANCE_SIGMAS * sqrt(expected) + CHANCE;
}
