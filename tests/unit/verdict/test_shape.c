/* SPDX-License-Identifier: MIT */
/* Windows made by hand, for thresholds that simulations rarely meet. */
#include "suite.h"
#include "verdict/rule.h"

enum { WINDOWS = 24, START = WINDOWS / LS_STARTUP_PART };

/* The floor goes from `from` to `to` in single steps at the end; the last
   values climb by one per window above it. */
static void make(struct ls_windows *windows, int64_t from, int64_t to) {
  for (int k = 0; k < WINDOWS; k++) {
    int64_t low = to - (WINDOWS - 1 - k);
    windows->low[k] = low > from ? low : from;
    windows->high[k] = to + k;
    windows->last[k] = to + k;
  }
}

START_TEST(test_floor) {
  struct ls_windows windows;
  struct ls_shape shape;
  make(&windows, 10, 13);
  windows.low[START + 1] = 7;
  ls_shape_of(&shape, &windows, WINDOWS);
  ck_assert_uint_eq(shape.start, START);
  ck_assert_int_eq(shape.floor[0], 7);
  ck_assert_int_eq(shape.floor[START + 1], 7);
  ck_assert_int_eq(shape.floor[START + 2], 10);
  ck_assert_int_eq(shape.growth, 6);
}
END_TEST

static enum ls_site_state drift(int64_t growth) {
  struct ls_windows windows;
  struct ls_shape shape;
  make(&windows, 10, 10 + growth);
  ls_shape_of(&shape, &windows, WINDOWS);
  return ls_drift(&shape, 0);
}

/* Growth by two is chance, however steadily the last values climb. */
START_TEST(test_least_growth) {
  ck_assert_int_eq(drift(2), LS_SITE_SUSPECT);
  ck_assert_int_eq(drift(3), LS_SITE_THIN);
}
END_TEST

/* The last values climb evenly, the floor in so many leaps at the end; each
   window's highest is `swing` above its last, or at the ceiling. */
static enum ls_site_state leaps(int n, int swing, int ceiling) {
  enum { LAST = 20, EACH = 4, HEIGHT = 20 };
  struct ls_windows windows;
  struct ls_shape shape;
  for (int k = 0; k < WINDOWS; k++) {
    int since = k - LAST + EACH * n;
    int climbed = since > 0 ? since : 0;
    windows.low[k] = HEIGHT * (climbed / EACH);
    windows.last[k] = HEIGHT * climbed / EACH;
    windows.high[k] = ceiling ? ceiling : windows.last[k] + swing;
  }
  ls_shape_of(&shape, &windows, WINDOWS);
  return ls_drift(&shape, 0);
}

START_TEST(test_few_leaps_are_no_climb) {
  ck_assert_int_eq(leaps(3, 0, 0), LS_SITE_THIN);
  ck_assert_int_eq(leaps(4, 0, 0), LS_SITE_LEAK);
  ck_assert_int_eq(leaps(4, 40, 0), LS_SITE_THIN);
  ck_assert_int_eq(leaps(4, 0, 200), LS_SITE_THIN);
}
END_TEST

/* Blocks come and go, ten born in each window are alive; the floor rises by ten
   in each, up to `rises`. */
static enum ls_site_state retention(int rises) {
  struct ls_windows windows;
  struct ls_shape shape;
  double births[LS_SERIES_WINDOWS];
  for (int k = 0; k < LS_SERIES_WINDOWS; k++) {
    births[k] = 10;
    windows.low[k] = 10 * (k < rises ? k : rises);
    windows.last[k] = windows.low[k] + 5;
    windows.high[k] = windows.low[k] + 30 + k;
  }
  ls_shape_of(&shape, &windows, LS_SERIES_WINDOWS);
  return ls_retention(&shape, births, 0);
}

/* A cache of random replacement holds some of every age and is full. */
START_TEST(test_level_follows_to_the_end) {
  ck_assert_int_eq(retention(LS_SERIES_WINDOWS), LS_SITE_LEAK);
  ck_assert_int_lt(retention(LS_SERIES_WINDOWS * 3 / 4 + 1), LS_SITE_LEAK);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("verdict shape");
  TCase *tcase = tcase_create("by hand");
  tcase_add_test(tcase, test_floor);
  tcase_add_test(tcase, test_least_growth);
  tcase_add_test(tcase, test_few_leaps_are_no_climb);
  tcase_add_test(tcase, test_level_follows_to_the_end);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
