/* SPDX-License-Identifier: MIT */
#include "growth.h"
#include "suite.h"
#include "verdict/verdict.h"

static struct ls_law law(growth_fn at, uint32_t n) {
  struct ls_series series = growth_series(at, n);
  return ls_law_of(&series);
}

START_TEST(test_linear) {
  const uint32_t lengths[] = {5, 8, 24, 61, 251, 1021, 4093};
  for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    struct ls_law got = law(grow_linear, lengths[i]);
    ck_assert_int_eq(got.form, LS_LAW_LINEAR);
    ck_assert_double_eq_tol(got.blocks_per_iteration, 1, 1e-9);
    ck_assert_double_eq_tol(got.bytes_per_iteration, 64, 1e-9);
    ck_assert_int_eq(got.first_count, 4);
    ck_assert_int_eq(got.last_count, 4 + lengths[i]);
    ck_assert_int_eq(got.first_bytes, 256);
    ck_assert_int_eq(got.last_bytes, 64 * (4 + lengths[i]));
  }
}
END_TEST

START_TEST(test_slow) {
  struct ls_law got = law(grow_slowly, 4093);
  ck_assert_int_eq(got.form, LS_LAW_LINEAR);
  ck_assert_double_eq_tol(got.blocks_per_iteration, 1.0 / 50, 0.0005);
  ck_assert_double_eq_tol(got.bytes_per_iteration, 64.0 / 50, 0.03);
}
END_TEST

START_TEST(test_forms) {
  ck_assert_int_eq(law(grow_by_append, 1021).form, LS_LAW_LINEAR);
  ck_assert_int_eq(law(grow_by_doubling, 1021).form, LS_LAW_DOUBLING);
  ck_assert_int_eq(law(grow_by_late_append, 1021).form, LS_LAW_IRREGULAR);
  ck_assert_int_eq(law(grow_by_eight, 1021).form, LS_LAW_DOUBLING);
  ck_assert_int_eq(law(grow_arena, 4093).form, LS_LAW_LINEAR);
  ck_assert_int_eq(law(grow_by_random_keys, 3000).form, LS_LAW_IRREGULAR);
  ck_assert_int_eq(law(grow_fading, 4093).form, LS_LAW_DECELERATING);
  ck_assert_int_eq(law(grow_faster, 1021).form, LS_LAW_IRREGULAR);
  ck_assert_int_eq(law(grow_rarely, 1021).form, LS_LAW_IRREGULAR);
  ck_assert_int_eq(law(grow_in_leaps, 1021).form, LS_LAW_IRREGULAR);
  ck_assert_int_eq(law(grow_beside_cache, 1021).form, LS_LAW_IRREGULAR);
}
END_TEST

/* One leap beside a steady growth does not change its rate. */
START_TEST(test_leap) {
  struct ls_law got = law(grow_leap, 1021);
  ck_assert_double_eq_tol(got.blocks_per_iteration, 1, 1e-9);
}
END_TEST

/* Nor does a late start. */
START_TEST(test_late_start) {
  struct ls_law got = law(grow_late, 1021);
  ck_assert_double_eq_tol(got.blocks_per_iteration, 1, 1e-9);
}
END_TEST

/* So rare that most of the run saw nothing: the mean, not 0. */
START_TEST(test_rare) {
  struct ls_law got = law(grow_rarely, 1021);
  ck_assert_double_gt(got.blocks_per_iteration, 3.0 / 1021);
  ck_assert_double_lt(got.blocks_per_iteration, 4.0 / 1021);
}
END_TEST

START_TEST(test_short) {
  ck_assert_int_eq(law(grow_linear, 0).form, LS_LAW_IRREGULAR);
  ck_assert_double_eq(law(grow_linear, 0).blocks_per_iteration, 0);
  ck_assert_int_eq(law(grow_once, 7).form, LS_LAW_IRREGULAR);
  ck_assert_double_eq_tol(law(grow_once, 7).blocks_per_iteration, 1.0 / 7,
                          1e-9);
}
END_TEST

START_TEST(test_no_growth) {
  struct ls_law got = law(grow_never, 251);
  ck_assert_int_eq(got.form, LS_LAW_IRREGULAR);
  ck_assert_double_eq(got.blocks_per_iteration, 0);
  ck_assert_double_eq(got.bytes_per_iteration, 0);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("verdict law");
  TCase *tcase = tcase_create("rate and form");
  tcase_add_test(tcase, test_linear);
  tcase_add_test(tcase, test_slow);
  tcase_add_test(tcase, test_forms);
  tcase_add_test(tcase, test_leap);
  tcase_add_test(tcase, test_late_start);
  tcase_add_test(tcase, test_rare);
  tcase_add_test(tcase, test_short);
  tcase_add_test(tcase, test_no_growth);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
