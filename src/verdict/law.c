/* SPDX-License-Identifier: MIT */
/* For people: the rate and the form of a growth that was judged elsewhere. */
#include "verdict/rule.h"
#include "verdict/stats.h"

enum {
  LEAST_FOR_RATE = 8, /* windows: the first eighth is then one at least */
  /* Windows in a span, as a part of those judged: a single leap is in fewer
     than a quarter of the spans. */
  SPAN_PART = 6,
  GROUPS = 7,
  LEAST_RISING = 4, /* groups; fewer are leaps */
  /* A leak of one per k iterations shows in 5k (p < 0.01 to see none). */
  ITERATIONS_PER_LEAK = 5
};

/* One step is this part of all growth: a buffer that grows by a factor of 1.3
   or more. */
static const double LEAP = 0.25;

static double clamp(double value, double least, double most) {
  if (value < least) return least;
  return value > most ? most : value;
}

/*
 * Growth of the floor per window: the mean, kept between the quartiles of the
 * growth over spans.  The mean alone follows a single leap, a quartile alone
 * is coarse where a leak is slow (a span then has 2 or 3 events).
 */
static double per_window(const struct ls_shape *shape) {
  double spans[LS_SERIES_WINDOWS];
  unsigned steps = shape->n - 1 - shape->start;
  unsigned span = steps / SPAN_PART, n = steps - span + 1;
  const int64_t *floor = shape->floor + shape->start;
  for (unsigned i = 0; i < n; i++)
    spans[i] = (double)(floor[i + span] - floor[i]) / span;
  ls_sort(spans, n);
  double mean = (double)shape->growth / steps;
  double most = spans[n * 3 / 4];
  /* so slow that most spans saw nothing: the mean is all there is */
  return most > 0 ? clamp(mean, spans[n / 4], most) : mean;
}

static double rate_of(const struct ls_series *series,
                      const struct ls_windows *windows, int64_t base) {
  struct ls_shape shape;
  unsigned n = ls_series_windows(series);
  if (n == 0) return 0;
  if (n < LEAST_FOR_RATE)
    return (double)(windows->held - base) / series->recorded;
  ls_shape_of(&shape, windows, n);
  return per_window(&shape) / (double)(UINT64_C(1) << series->shift);
}

/* Octaves do not tell linear growth from growth by a factor; leaps do. */
static int is_doubling(const struct ls_shape *bytes) {
  double steps[LS_SERIES_WINDOWS], largest = 0;
  unsigned at, n = ls_shape_floor_steps(bytes, steps);
  if (ls_capacity_follows(bytes, &at)) return 1;
  if (!ls_shape_octaves(bytes)) return 0;
  for (unsigned i = 0; i < n; i++)
    if (steps[i] > largest) largest = steps[i];
  return largest >= LEAP * (double)bytes->growth;
}

static enum ls_law_form pace_of(const struct ls_shape *shape) {
  double steps[LS_SERIES_WINDOWS], groups[GROUPS];
  unsigned n = ls_shape_floor_steps(shape, steps), rising = 0;
  if (shape->growth == 0) return LS_LAW_IRREGULAR;
  double share = ls_late_share(steps, n);
  int slows_down = ls_decelerates(steps, n);
  ls_group_sums(steps, n, GROUPS, groups);
  for (unsigned group = 0; group < GROUPS; group++) rising += groups[group] > 0;
  ls_shape_last_steps(shape, steps);
  if (share < LS_STEADY_SHARE)
    return ls_beats_log_law(steps, shape->n - 1) ? LS_LAW_IRREGULAR
                                                 : LS_LAW_DECELERATING;
  if (slows_down) return LS_LAW_IRREGULAR;
  int even = share <= 1 - LS_STEADY_SHARE && rising >= LEAST_RISING;
  return even ? LS_LAW_LINEAR : LS_LAW_IRREGULAR;
}

static enum ls_law_form form_of(const struct ls_series *series) {
  struct ls_shape count, bytes, net;
  struct ls_windows windows;
  unsigned n = ls_series_windows(series);
  if (n < LS_LEAST_WINDOWS) {
    int throughout = n > 0 && ls_nearly_every(series->rises, series->recorded);
    return throughout ? LS_LAW_LINEAR : LS_LAW_IRREGULAR;
  }
  ls_shape_of(&count, &series->count, n);
  ls_shape_of(&bytes, &series->bytes, n);
  enum ls_law_form of_count = pace_of(&count);
  if (of_count == LS_LAW_LINEAR) return of_count;
  if (!ls_net_of(&windows, &count, &bytes)) return of_count;
  ls_shape_of(&net, &windows, n);
  return is_doubling(&net) ? LS_LAW_DOUBLING : pace_of(&net);
}

struct ls_law ls_law_of(const struct ls_series *series) {
  return (struct ls_law){.form = form_of(series),
                         .blocks_per_iteration = rate_of(series, &series->count,
                                                         series->base_count),
                         .bytes_per_iteration = rate_of(series, &series->bytes,
                                                        series->base_bytes),
                         .first_count = series->base_count,
                         .last_count = series->count.held,
                         .first_bytes = series->base_bytes,
                         .last_bytes = series->bytes.held};
}

uint32_t ls_ruled_out(uint32_t iterations) {
  uint32_t rate = iterations / ITERATIONS_PER_LEAK;
  return rate > 0 ? rate : 1;
}
