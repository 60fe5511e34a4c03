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

static int stays(int64_t from, int64_t to) {
  struct ls_windows windows;
  struct ls_shape shape;
  make(&windows, from, to);
  ls_shape_of(&shape, &windows, WINDOWS);
  return ls_shape_stays(&shape);
}

START_TEST(test_stays) {
  ck_assert(stays(0, 0));
  ck_assert(!stays(0, 1));
  ck_assert(stays(10, 11));
  ck_assert(!stays(10, 12));
  ck_assert(stays(100, 110));
  ck_assert(!stays(100, 111));
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

int main(void) {
  Suite *suite = suite_create("verdict shape");
  TCase *tcase = tcase_create("by hand");
  tcase_add_test(tcase, test_floor);
  tcase_add_test(tcase, test_stays);
  tcase_add_test(tcase, test_least_growth);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
