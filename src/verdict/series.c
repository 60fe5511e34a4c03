/* SPDX-License-Identifier: MIT */
/* Keeps a site's values over a run in at most 64 windows. */
#include "verdict/series.h"

static void begin_at(struct ls_windows *windows, int64_t value) {
  windows->held = value;
  windows->peak = value;
}

void ls_series_begin(struct ls_series *series, int64_t count, int64_t bytes) {
  begin_at(&series->count, count);
  begin_at(&series->bytes, bytes);
  series->base_count = count;
  series->base_bytes = bytes;
  series->recorded = 0;
  series->shift = 0;
  series->rested = 0;
  series->rises = 0;
}

/* Pairs become one window each.  An odd last window has no right neighbour
   yet: it is the left half of a window that is still being filled. */
static void merge_pairs(struct ls_windows *windows, unsigned used) {
  for (unsigned left = 0; left < used; left += 2) {
    unsigned right = left + 1 < used ? left + 1 : left;
    const int64_t *low = windows->low, *high = windows->high;
    unsigned into = left / 2;
    windows->low[into] = low[left] < low[right] ? low[left] : low[right];
    windows->high[into] = high[left] > high[right] ? high[left] : high[right];
    windows->last[into] = windows->last[right];
  }
}

/* Merges until `iteration` has a window. */
static void make_room(struct ls_series *series, uint32_t iteration) {
  while (ls_series_window_of(series, iteration) >= LS_SERIES_WINDOWS) {
    unsigned used = ls_series_windows(series);
    merge_pairs(&series->count, used);
    merge_pairs(&series->bytes, used);
    series->shift++;
  }
}

/* Puts the held value into a window; `fresh` when it is the window's first. */
static void put_held(struct ls_windows *windows, unsigned window, int fresh) {
  int64_t value = windows->held;
  if (fresh || value < windows->low[window]) windows->low[window] = value;
  if (fresh || value > windows->high[window]) windows->high[window] = value;
  windows->last[window] = value;
}

/* Repeats the held values up to the end of `iteration`, a window at a time. */
static void fill(struct ls_series *series, uint32_t iteration) {
  while (series->recorded < iteration) {
    unsigned window = series->recorded >> series->shift;
    int fresh = window << series->shift == series->recorded;
    put_held(&series->count, window, fresh);
    put_held(&series->bytes, window, fresh);
    /* 64 bits: the end of the last window may be 2^32 */
    uint64_t end = ((uint64_t)window + 1) << series->shift;
    series->recorded = end < iteration ? (uint32_t)end : iteration;
  }
}

static void hold(struct ls_windows *windows, int64_t value) {
  windows->held = value;
  if (value > windows->peak) windows->peak = value;
}

void ls_series_record(struct ls_series *series, uint32_t iteration,
                      int64_t count, int64_t bytes) {
  if (iteration <= series->recorded) return;
  ls_series_extend(series, iteration - 1);
  make_room(series, iteration);
  if (count > series->count.peak || bytes > series->bytes.peak) series->rises++;
  hold(&series->count, count);
  hold(&series->bytes, bytes);
  fill(series, iteration);
}

void ls_series_extend(struct ls_series *series, uint32_t iteration) {
  if (iteration <= series->recorded) return;
  make_room(series, iteration);
  fill(series, iteration);
}

static void put_constant(struct ls_windows *windows, unsigned window,
                         int64_t value) {
  windows->low[window] = windows->high[window] = value;
  windows->last[window] = value;
}

static void settle(struct ls_windows *windows, unsigned window, int64_t value) {
  if (value >= windows->held) return;
  windows->held = value;
  put_held(windows, window, 0);
}

void ls_series_settle(struct ls_series *series, int64_t count, int64_t bytes) {
  unsigned n = ls_series_windows(series);
  if (n == 0) return;
  settle(&series->count, n - 1, count);
  settle(&series->bytes, n - 1, bytes);
}

void ls_series_of_survivors(struct ls_series *series,
                            const int64_t births[LS_SERIES_WINDOWS]) {
  struct ls_windows *count = &series->count, *bytes = &series->bytes;
  unsigned n = ls_series_windows(series);
  int64_t blocks = count->held - series->base_count, alive = 0;
  int64_t each = blocks > 0 ? (bytes->held - series->base_bytes) / blocks : 0;
  for (unsigned k = 0; k < n; k++) {
    alive += births[k];
    put_constant(count, k, series->base_count + alive);
    put_constant(bytes, k, series->base_bytes + alive * each);
  }
  count->held = count->peak = series->base_count + alive;
  bytes->held = bytes->peak = series->base_bytes + alive * each;
}

unsigned ls_series_windows(const struct ls_series *series) {
  if (series->recorded == 0) return 0;
  return ls_series_window_of(series, series->recorded) + 1;
}

unsigned ls_series_window_of(const struct ls_series *series,
                             uint32_t iteration) {
  return (iteration - 1) >> series->shift;
}
