/* SPDX-License-Identifier: MIT */
/*
 * The rule for one site.
 *
 *   limit -> suspect? -> retention -> drift -> bytes: octaves, drift
 *
 * Counters are exact, so no threshold is in bytes or in time: what varies is
 * the program, and the question is the shape.  The count is judged first;
 * bytes only where they grow and the count as good as stays.
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
  return state;
}

static enum ls_site_state judge_bytes(const struct ls_shape *bytes) {
  return ls_shape_octaves(bytes) ? LS_SITE_LEAK : ls_drift(bytes, 1);
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
  enum ls_site_state state = judge_count(&count, births, series->recorded);
  if (!ls_shape_stays(&count) || !ls_worth(&bytes, LS_UNIT_BYTES)) return state;
  return worse(state, judge_bytes(&bytes));
}
