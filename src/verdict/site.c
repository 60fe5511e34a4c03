/* SPDX-License-Identifier: MIT */
/*
 * The rule for one site.
 *
 *   limit -> suspect? -> retention -> drift -> net bytes: capacity, drift
 *
 * Counters are exact, so no threshold is in bytes or in time: what varies is
 * the program, and the question is the shape.  The count is judged first, then
 * bytes net of what the count explains: an arena of few chunks, each larger
 * than the one before, grows in bytes alone.
 */
#include <stddef.h>

#include "verdict/rule.h"

static enum ls_site_state worse(enum ls_site_state a, enum ls_site_state b) {
  return a > b ? a : b;
}

/* A twentieth below the limit: the next iterations would fail anyway. */
static int is_near_limit(const struct ls_series *series, int64_t limit) {
  const double near = 0.95;
  return limit > 0 && (double)series->count.peak >= near * (double)limit;
}

/* A suspect that goes on to rise is not clean. */
static enum ls_site_state clear(enum ls_site_state state,
                                const struct ls_shape *shape) {
  return state == LS_SITE_SUSPECT && !ls_is_at_rest(shape) ? LS_SITE_THIN
                                                           : state;
}

/* Too few windows to judge: whatever rose is suspect. */
static enum ls_site_state judge_few(const struct ls_series *series,
                                    unsigned n) {
  if (n == 0) return LS_SITE_OK;
  const int64_t *count = series->count.low, *bytes = series->bytes.low;
  int rose = count[n - 1] > count[0] || bytes[n - 1] > bytes[0];
  return rose ? LS_SITE_SUSPECT : LS_SITE_OK;
}

static enum ls_site_state judge_count(const struct ls_shape *count,
                                      const int64_t *births,
                                      uint32_t iterations) {
  double born[LS_SERIES_WINDOWS];
  for (unsigned k = 0; k < count->n; k++)
    born[k] = births ? (double)births[k] : 0;
  int only_rises = ls_shape_only_rises(count);
  if (!ls_suspect(count, born, iterations, only_rises)) return LS_SITE_OK;
  enum ls_site_state state =
      worse(ls_retention(count, born, only_rises), ls_drift(count, 0));
  if (state == LS_SITE_LEAK && !only_rises && ls_population(born, count->n))
    return LS_SITE_THIN;
  return clear(state, count);
}

/* The first window in which what is bounded is taken to be at rest. */
static unsigned rest_of(const struct ls_series *series, unsigned n) {
  if (series->rested == 0) return 3 * n / 4;
  return ls_series_window_of(series, series->rested) + 1;
}

/* A buffer, a table or an arena: one that has filled by now looks the same up
   to its last leap. */
static enum ls_site_state judge_capacity(const struct ls_shape *bytes,
                                         unsigned rest) {
  unsigned at;
  if (ls_worth(bytes, LS_UNIT_BYTES) && ls_shape_octaves(bytes))
    return ls_capacity_is_fresh(bytes, rest) ? LS_SITE_LEAK : LS_SITE_DUE;
  if (!ls_capacity_follows(bytes, &at)) return LS_SITE_OK;
  return at >= rest ? LS_SITE_LEAK : LS_SITE_DUE;
}

static enum ls_site_state judge_bytes(const struct ls_shape *count,
                                      const struct ls_shape *bytes,
                                      unsigned rest) {
  struct ls_windows windows;
  struct ls_shape net;
  if (!ls_net_of(&windows, count, bytes)) return LS_SITE_OK;
  ls_shape_of(&net, &windows, bytes->n);
  net.rest = bytes->rest;
  enum ls_site_state state = judge_capacity(&net, rest);
  if (ls_worth(&net, LS_UNIT_BYTES)) state = worse(state, ls_drift(&net, 1));
  return clear(state, &net);
}

enum ls_site_state ls_site_judge(const struct ls_series *series,
                                 const int64_t births[LS_SERIES_WINDOWS],
                                 int64_t limit) {
  struct ls_shape count, bytes;
  unsigned n = ls_series_windows(series);
  if (is_near_limit(series, limit)) return LS_SITE_LIMIT;
  if (n < LS_LEAST_WINDOWS) return judge_few(series, n);
  ls_shape_of(&count, &series->count, n);
  ls_shape_of(&bytes, &series->bytes, n);
  unsigned rest = rest_of(series, n);
  /* further iterations were for what was due; the rest is judged as before */
  if (rest >= n / 2) count.rest = bytes.rest = rest;
  enum ls_site_state state = judge_count(&count, births, series->recorded);
  return worse(state, judge_bytes(&count, &bytes, rest));
}
