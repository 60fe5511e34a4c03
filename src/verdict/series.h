/* SPDX-License-Identifier: MIT */
/*
 * How one call site's live count and bytes went over the iterations, in a
 * fixed amount of memory.
 *
 *   iteration   1 2 3 4 | 5 6 7 8 | 9 ...          time since the baseline
 *   window      [  0   ] [  1   ]  [ 2 ...          at most 64 of them
 *
 * Each window keeps the lowest, highest and last value at the iteration
 * boundaries in it.  When all 64 are full, pairs are merged and the windows
 * are twice as long from then on.  A boundary at which the site was not
 * touched needs no call: the value held is filled in later.
 *
 * The struct is plain data without pointers: it may lie in memory shared
 * between processes.  Nothing here allocates, locks or fails.
 */
#ifndef LS_VERDICT_SERIES_H
#define LS_VERDICT_SERIES_H

#include <stdint.h>

enum { LS_SERIES_WINDOWS = 64 };

/* One quantity (live count, or live bytes), by window. */
struct ls_windows {
  int64_t low[LS_SERIES_WINDOWS];
  int64_t high[LS_SERIES_WINDOWS];
  int64_t last[LS_SERIES_WINDOWS];
  int64_t held; /* the value at the latest boundary recorded */
  int64_t peak;
};

struct ls_series {
  struct ls_windows count;
  struct ls_windows bytes;
  int64_t base_count; /* at the baseline */
  int64_t base_bytes;
  uint32_t recorded; /* boundaries recorded, those filled in included */
  uint32_t shift;    /* windows are 1 << shift iterations long */
  uint32_t rested;   /* what is bounded is taken to be at rest by the end of
                        this iteration, which is not the latest; 0: by
                        three quarters of all */
  uint32_t rises;    /* boundaries at which count or bytes were above all
                        before them (baseline included) */
};

/* Begins at the baseline with these values.  A site that is met later begins
   the same way, with its values at the baseline (often 0, 0). */
void ls_series_begin(struct ls_series *series, int64_t count, int64_t bytes);

/* The values at the end of `iteration` (1 is the first after the baseline);
   iterations come in rising order, not every one needs to be given.  One that
   is recorded already is ignored. */
void ls_series_record(struct ls_series *series, uint32_t iteration,
                      int64_t count, int64_t bytes);

/* Fills in up to the end of `iteration` with the values held. */
void ls_series_extend(struct ls_series *series, uint32_t iteration);

/* What was held at the end of the latest iteration is freed after it: the
   values are lower, as if they had been so at its end.  Higher ones are
   ignored. */
void ls_series_settle(struct ls_series *series, int64_t count, int64_t bytes);

/* As if each block had been freed at once that is free now: what was born so
   far and is alive, of the size that it has in the mean.  births as in
   ls_site_judge(). */
void ls_series_of_survivors(struct ls_series *series,
                            const int64_t births[LS_SERIES_WINDOWS]);

/* Windows in use. */
unsigned ls_series_windows(const struct ls_series *series);

/* The window that `iteration` (1 to `recorded`) belongs to now: where a block
   that was born in it counts.  One born before the baseline has none. */
unsigned ls_series_window_of(const struct ls_series *series,
                             uint32_t iteration);

#endif
