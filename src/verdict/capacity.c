/* SPDX-License-Identifier: MIT */
/*
 * Does a capacity that grows in leaps follow a need that grows steadily?
 *
 *   bytes                        .------    a table takes four times as much
 *               .- - - - - - - - '          whenever what is needed has
 *       .-------'     need . ' '            outgrown it
 *   .---'  . - ' ' '
 *   ---- iterations ---------------------
 *
 * A growing arena or table shows only capacities, and with a large factor it is
 * silent for most of the run.  But it leaps at the moment at which the need is
 * as large as the capacity was: so each leap is a point of the need, however
 * large the factor is.  Of a leak those points lie on a line, and the next leap
 * is not overdue; the need of a cache bends, and where it has stopped the next
 * leap does not come.
 */
#include <math.h>

#include "verdict/rule.h"

enum {
  LEAST_LEAPS = 2,   /* two points make the line, */
  PROVING_LEAPS = 3, /* and a third shows that it is one */
  /* What grows from the start leaps in the first eighth, with a factor of
     eight at the most; a later start is not known to be one. */
  FIRST_PART = 6,
  LARGEST_FACTOR = 10
};

/* Below, growth is smooth enough for octaves: growth by 1.25 has ten steps in
   three octaves. */
static const double LEAP = 1.25;
static const double STAYS = 1.1;
/* Where in its window a leap was is not known, and what is needed is not
   allocated evenly: the line may be so much off. */
static const double BEND = 0.5, OVERDUE = 1.5;
/* After the time at which what is bounded is at rest, this part of all that
   there is has come: steady growth adds 2/7. */
static const double FRESH_PART = 0.125;

struct leap {
  double at;     /* in windows */
  double before; /* the capacity, which the need had reached */
  double after;
};

struct leaps {
  struct leap of[LS_SERIES_WINDOWS];
  unsigned n;
};

/* The last values, less what is given back later. */
static void capacities(const struct ls_shape *bytes,
                       int64_t capacity[LS_SERIES_WINDOWS]) {
  int64_t least = INT64_MAX;
  for (unsigned k = bytes->n; k-- > 0;) {
    int64_t last = bytes->windows->last[k];
    if (last < least) least = last;
    capacity[k] = least;
  }
}

static void find_leaps(struct leaps *leaps, const int64_t *capacity, unsigned n,
                       int64_t begin) {
  double before = (double)begin;
  leaps->n = 0;
  for (unsigned k = 0; k < n; k++) {
    double after = (double)capacity[k];
    if (before >= 0 && after > before && after >= LEAP * before)
      leaps->of[leaps->n++] = (struct leap){k + 0.5, before, after};
    before = after;
  }
}

static double slope(const struct leap *from, const struct leap *to) {
  return (to->before - from->before) / (to->at - from->at);
}

/* The line begins with some need, and not with less than none. */
static int begins_above_none(const struct leap *first, double rate) {
  return first->before - rate * first->at >= -BEND * first->before - rate;
}

/* Between leaps a capacity as good as stays. */
static int only_leaps(const struct leaps *leaps, double last) {
  for (unsigned i = 1; i < leaps->n; i++)
    if (leaps->of[i].before > STAYS * leaps->of[i - 1].after) return 0;
  return last <= STAYS * leaps->of[leaps->n - 1].after;
}

/* The time from leap to leap is what the need takes for as much. */
static int is_line(const struct leaps *leaps) {
  const struct leap *first = &leaps->of[0], *last = &leaps->of[leaps->n - 1];
  double rate = slope(first, last);
  if (leaps->n < PROVING_LEAPS) return begins_above_none(first, rate);
  for (const struct leap *leap = first; leap < last; leap++) {
    double due = (leap[1].before - leap->before) / rate;
    if (fabs(leap[1].at - leap->at - due) > 1 + BEND * due) return 0;
  }
  return 1;
}

/* What is given back now and then is no capacity. */
static int only_rises(const struct ls_shape *bytes, const int64_t *capacity) {
  for (unsigned k = 0; k < bytes->n; k++)
    if ((double)bytes->windows->high[k] > LEAP * (double)capacity[k]) return 0;
  return 1;
}

/* The next leap is not overdue. */
static int goes_on(const struct leaps *leaps, unsigned n) {
  const struct leap *last = &leaps->of[leaps->n - 1];
  double need = last->before + slope(last - 1, last) * (n - last->at);
  return need <= OVERDUE * last->after && need <= LARGEST_FACTOR * last->before;
}

int ls_capacity_follows(const struct ls_shape *bytes, unsigned *at) {
  int64_t capacity[LS_SERIES_WINDOWS], begin = bytes->windows->low[0];
  struct leaps leaps;
  unsigned n = bytes->n;
  capacities(bytes, capacity);
  find_leaps(&leaps, capacity, n, begin);
  /* what begins with nothing has its first leap for nothing */
  if (leaps.n < LEAST_LEAPS + (begin <= 0)) return 0;
  *at = (unsigned)leaps.of[leaps.n - 1].at;
  return leaps.of[0].at * FIRST_PART <= n && only_rises(bytes, capacity) &&
         only_leaps(&leaps, (double)capacity[n - 1]) && is_line(&leaps) &&
         goes_on(&leaps, n);
}

int ls_capacity_is_fresh(const struct ls_shape *bytes, unsigned rest) {
  int64_t capacity[LS_SERIES_WINDOWS] = {0};
  capacities(bytes, capacity);
  double all = (double)capacity[bytes->n - 1];
  return all - (double)capacity[rest - 1] >= FRESH_PART * all;
}
