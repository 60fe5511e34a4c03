/* SPDX-License-Identifier: MIT */
/* Streaming windows against windows computed from the whole recording. */
#include <string.h>

#include "dense.h"
#include "suite.h"
#include "verdict/series.h"
#include "world.h"

enum { CASES = 3000, SEED = 20261122 };

static struct dense dense;

/* Random values; at some boundaries the site is not touched. */
static void make_dense(uint64_t *random, uint32_t n) {
  int64_t touched_in_100 = random_between(random, 1, 100);
  int64_t count = random_between(random, 0, 50), bytes = count * 16;
  dense.n = n;
  for (uint32_t i = 0; i <= n; i++) {
    if (random_between(random, 1, 100) <= touched_in_100) {
      count += random_between(random, -3, 4);
      bytes += random_between(random, -100, 120);
    }
    dense.count[i] = count;
    dense.bytes[i] = bytes;
  }
}

static int is_touched(uint32_t i) {
  return dense.count[i] != dense.count[i - 1] ||
         dense.bytes[i] != dense.bytes[i - 1];
}

/* Gives only what changed, and now and then something that did not. */
static void stream(struct ls_series *series, uint64_t *random) {
  ls_series_begin(series, dense.count[0], dense.bytes[0]);
  for (uint32_t i = 1; i <= dense.n; i++) {
    if (is_touched(i) || random_between(random, 0, 50) == 0)
      ls_series_record(series, i, dense.count[i], dense.bytes[i]);
    else if (random_between(random, 0, 200) == 0)
      ls_series_extend(series, i);
  }
  ls_series_extend(series, dense.n);
}

static uint32_t dense_rises(void) {
  int64_t count = dense.count[0], bytes = dense.bytes[0];
  uint32_t rises = 0;
  for (uint32_t i = 1; i <= dense.n; i++) {
    rises += dense.count[i] > count || dense.bytes[i] > bytes;
    if (dense.count[i] > count) count = dense.count[i];
    if (dense.bytes[i] > bytes) bytes = dense.bytes[i];
  }
  return rises;
}

static void assert_windows(const struct ls_windows *windows,
                           const int64_t *values) {
  struct dense_windows want;
  dense_windows_of(&want, values, dense.n);
  size_t size = want.n * sizeof *want.low;
  ck_assert_mem_eq(windows->low, want.low, size);
  ck_assert_mem_eq(windows->high, want.high, size);
  ck_assert_mem_eq(windows->last, want.last, size);
  ck_assert_int_eq(windows->held, values[dense.n]);
  ck_assert_int_eq(windows->peak, dense_peak(values, dense.n));
}

static void assert_series(const struct ls_series *series) {
  struct dense_windows want;
  dense_windows_of(&want, dense.count, dense.n);
  ck_assert_uint_eq(series->recorded, dense.n);
  ck_assert_uint_eq(ls_series_windows(series), want.n);
  ck_assert_uint_eq(UINT32_C(1) << series->shift, want.length);
  ck_assert_int_eq(series->base_count, dense.count[0]);
  ck_assert_int_eq(series->base_bytes, dense.bytes[0]);
  ck_assert_uint_eq(series->rises, dense_rises());
  assert_windows(&series->count, dense.count);
  assert_windows(&series->bytes, dense.bytes);
  unsigned misplaced = 0;
  for (uint32_t i = 1; i <= dense.n; i++)
    misplaced += ls_series_window_of(series, i) != (i - 1) / want.length;
  ck_assert_uint_eq(misplaced, 0);
}

START_TEST(test_streaming_equals_direct) {
  uint64_t random = SEED;
  struct ls_series series;
  for (unsigned i = 0; i < CASES; i++) {
    /* what is not written must not be read */
    memset(&series, 0xa5, sizeof series);
    make_dense(&random, (uint32_t)random_between(&random, 1, 5000));
    stream(&series, &random);
    assert_series(&series);
  }
}
END_TEST

START_TEST(test_begin) {
  struct ls_series series;
  ls_series_begin(&series, 7, -8);
  ck_assert_uint_eq(ls_series_windows(&series), 0);
  ck_assert_int_eq(series.count.held, 7);
  ck_assert_int_eq(series.count.peak, 7);
  ck_assert_int_eq(series.bytes.held, -8);
  ck_assert_int_eq(series.bytes.peak, -8);
  ck_assert_uint_eq(series.rises, 0);
}
END_TEST

/* A site that is met late was at its baseline until then. */
START_TEST(test_met_late) {
  struct ls_series series;
  ls_series_begin(&series, 0, 0);
  ls_series_record(&series, 4093, 5, 80);
  ck_assert_uint_eq(ls_series_windows(&series), 64);
  ck_assert_int_eq(series.count.low[0], 0);
  ck_assert_int_eq(series.count.high[62], 0);
  ck_assert_int_eq(series.count.low[63], 0);
  ck_assert_int_eq(series.count.high[63], 5);
  ck_assert_int_eq(series.bytes.last[63], 80);
  ck_assert_uint_eq(series.rises, 1);
}
END_TEST

START_TEST(test_stale_iterations_are_ignored) {
  struct ls_series series, before;
  ls_series_begin(&series, 1, 1);
  ls_series_record(&series, 100, 2, 2);
  before = series;
  ls_series_record(&series, 100, 9, 9);
  ls_series_record(&series, 0, 9, 9);
  ls_series_extend(&series, 99);
  ck_assert_mem_eq(&series, &before, sizeof series);
}
END_TEST

/* The last window is as if the values had been lower at its end. */
START_TEST(test_settled) {
  struct ls_series series;
  ls_series_begin(&series, 1, 10);
  ls_series_settle(&series, 0, 0);
  ck_assert_uint_eq(ls_series_windows(&series), 0);
  ls_series_record(&series, 1, 5, 50);
  ls_series_record(&series, 2, 7, 70);
  ls_series_settle(&series, 3, 80);
  ck_assert_int_eq(series.count.low[1], 3);
  ck_assert_int_eq(series.count.high[1], 7);
  ck_assert_int_eq(series.count.last[1], 3);
  ck_assert_int_eq(series.count.held, 3);
  ck_assert_int_eq(series.count.low[0], 5);
  ck_assert_int_eq(series.bytes.last[1], 70);
  ls_series_settle(&series, 2, 20);
  ck_assert_int_eq(series.count.low[1], 2);
  ck_assert_int_eq(series.bytes.held, 20);
  ck_assert_uint_eq(series.recorded, 2);
}
END_TEST

START_TEST(test_survivors) {
  const int64_t births[LS_SERIES_WINDOWS] = {1, 0, 2, 9};
  struct ls_series series;
  ls_series_begin(&series, 4, 40);
  for (uint32_t i = 1; i <= 3; i++) ls_series_record(&series, i, 50, 500);
  ls_series_of_survivors(&series, births);
  ck_assert_int_eq(series.count.low[0], 5);
  ck_assert_int_eq(series.count.high[1], 5);
  ck_assert_int_eq(series.count.last[2], 7);
  ck_assert_int_eq(series.count.held, 7);
  ck_assert_int_eq(series.count.peak, 7);
  ck_assert_int_eq(series.bytes.high[2], 40 + 3 * 10);
  ck_assert_int_eq(series.bytes.held, 40 + 3 * 10);
  ls_series_settle(&series, 4, 40);
  ls_series_of_survivors(&series, births);
  ck_assert_int_eq(series.bytes.held, 40);
}
END_TEST

START_TEST(test_longest_run) {
  struct ls_series series;
  ls_series_begin(&series, 0, 0);
  ls_series_record(&series, UINT32_MAX, 1, 1);
  ck_assert_uint_eq(ls_series_windows(&series), 64);
  ck_assert_uint_eq(series.recorded, UINT32_MAX);
  ck_assert_int_eq(series.count.high[62], 0);
  ck_assert_int_eq(series.count.last[63], 1);
}
END_TEST

/* A step at every iteration rises at every one, back and forth does not. */
START_TEST(test_rises) {
  struct ls_series series;
  ls_series_begin(&series, 0, 0);
  for (uint32_t i = 1; i <= 10; i++) ls_series_record(&series, i, i, 0);
  ck_assert_uint_eq(series.rises, 10);
  for (uint32_t i = 11; i <= 20; i++) ls_series_record(&series, i, i % 3, 0);
  ck_assert_uint_eq(series.rises, 10);
  ls_series_record(&series, 21, 0, 1);
  ck_assert_uint_eq(series.rises, 11);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("verdict series");
  TCase *tcase = tcase_create("windows");
  tcase_set_timeout(tcase, SUITE_TIMEOUT);
  tcase_add_test(tcase, test_streaming_equals_direct);
  tcase_add_test(tcase, test_begin);
  tcase_add_test(tcase, test_met_late);
  tcase_add_test(tcase, test_stale_iterations_are_ignored);
  tcase_add_test(tcase, test_settled);
  tcase_add_test(tcase, test_survivors);
  tcase_add_test(tcase, test_longest_run);
  tcase_add_test(tcase, test_rises);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
