/* SPDX-License-Identifier: MIT */
/*
 * One quantity of a series as the rule looks at it.
 *
 *   low      /\/\  /\/\/     the lowest value in each window
 *   floor    ____/-----      what is never given back: the lowest of this
 *                            window and of all later ones; it only rises
 *   start                    windows before it are start-up and not judged
 */
#ifndef LS_VERDICT_SHAPE_H
#define LS_VERDICT_SHAPE_H

#include "verdict/series.h"

enum {
  /* The first eighth of the windows is start-up: caches and lazy set-up fill
     there.  A sixth or a tenth give the same verdicts. */
  LS_STARTUP_PART = 8,
  /* Fewer windows are too few for the tests. */
  LS_LEAST_WINDOWS = 24
};

struct ls_shape {
  const struct ls_windows *windows;
  unsigned n;     /* windows */
  unsigned start; /* the first judged one */
  unsigned rest;  /* what has not grown since its begin has come to rest */
  int64_t floor[LS_SERIES_WINDOWS];
  int64_t growth; /* of the floor, from `start` to the end; never negative */
};

/* n >= 1. */
void ls_shape_of(struct ls_shape *shape, const struct ls_windows *windows,
                 unsigned n);

/* 1 if nothing was ever given back: no window begins below the one before. */
int ls_shape_only_rises(const struct ls_shape *shape);

/* 1 if the highest values still rise: a flat ceiling is a cap. */
int ls_shape_uncapped(const struct ls_shape *shape);

/* The steps of the floor over the judged windows; returns how many. */
unsigned ls_shape_floor_steps(const struct ls_shape *shape, double *steps);

/* The steps of the last values over all windows (n - 1 of them). */
void ls_shape_last_steps(const struct ls_shape *shape, double *steps);

/* Of those, the ones judged: from `start`, and without the last window, which
   may be shorter than the others. */
unsigned ls_shape_judged_steps(const struct ls_shape *shape);

/* The steps between the minima of groups of windows (groups - 1 of them). */
void ls_shape_group_steps(const struct ls_shape *shape, unsigned from,
                          unsigned groups, double *steps);
enum { LS_MOST_GROUPS = 16 };

/* By how much the values go up and down within a window (the median). */
double ls_shape_swing(const struct ls_shape *shape);
/* Growth by so many swings is more than small-number noise of queues and
   pools. */
#define LS_LEAST_SWINGS 3.0

/* Whether one buffer grows linearly or by a factor: seen at times that double,
   it is then about twice as large each time. */
int ls_shape_octaves(const struct ls_shape *shape);

#endif
