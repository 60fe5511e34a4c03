/* SPDX-License-Identifier: MIT */
#include "suite.h"
#include "verdict/verdict.h"

START_TEST(test_first) {
  ck_assert_uint_eq(ls_ladder_first(0), 1021);
  ck_assert_uint_eq(ls_ladder_first(24485), 1021);
  ck_assert_uint_eq(ls_ladder_first(24486), 251);
  ck_assert_uint_eq(ls_ladder_first(99601), 251);
  ck_assert_uint_eq(ls_ladder_first(99602), 61);
  ck_assert_uint_eq(ls_ladder_first(UINT64_MAX), 61);
}
END_TEST

START_TEST(passes_that_wait_fit_into_the_budget) {
  const uint64_t two_seconds = 2000000000u;
  ck_assert_uint_eq(ls_ladder_fitting(1021, 1000000, two_seconds), 1021);
  ck_assert_uint_eq(ls_ladder_fitting(1021, 3000000, two_seconds), 251);
  ck_assert_uint_eq(ls_ladder_fitting(1021, 20000000, two_seconds), 61);
  ck_assert_uint_eq(ls_ladder_fitting(251, 1000, two_seconds), 251);
  ck_assert_uint_eq(ls_ladder_fitting(61, 1000, two_seconds), 61);
  ck_assert_uint_eq(ls_ladder_fitting(1021, UINT64_MAX, two_seconds), 61);
}
END_TEST

START_TEST(test_next) {
  const uint32_t rungs[] = {0,    61,   127,  251,   509,  1021,
                            2039, 4093, 8191, 16381, 32749};
  for (unsigned i = 0; i + 1 < sizeof rungs / sizeof *rungs; i++) {
    ck_assert_uint_eq(ls_ladder_next(rungs[i]), rungs[i + 1]);
    ck_assert_uint_eq(ls_ladder_next(rungs[i] + 1), rungs[i + 1]);
  }
  ck_assert_uint_eq(ls_ladder_next(32749), 32749);
  ck_assert_uint_eq(ls_ladder_next(UINT32_MAX), 32749);
}
END_TEST

START_TEST(test_most) {
  ck_assert_uint_eq(ls_ladder_most(4093, LS_SITE_SUSPECT), 4093);
  ck_assert_uint_eq(ls_ladder_most(4093, LS_SITE_LEAK), 4093);
  ck_assert_uint_eq(ls_ladder_most(4093, LS_SITE_THIN), 8191);
  ck_assert_uint_eq(ls_ladder_most(4093, LS_SITE_DUE), 32749);
  ck_assert_uint_eq(ls_ladder_most(251, LS_SITE_DUE), 2039);
}
END_TEST

START_TEST(test_rested) {
  ck_assert_uint_eq(ls_ladder_rested(1021, 4093), 510);
  ck_assert_uint_eq(ls_ladder_rested(4093, 4093), 3069);
  ck_assert_uint_eq(ls_ladder_rested(16381, 4093), 3069);
}
END_TEST

START_TEST(test_last) {
  ck_assert_uint_eq(ls_ladder_last(1021), 4093);
  ck_assert_uint_eq(ls_ladder_last(251), 2039);
  ck_assert_uint_eq(ls_ladder_last(61), 2039);
  ck_assert_uint_eq(ls_ladder_shortest(), 61);
}
END_TEST

START_TEST(test_last_of) {
  const uint64_t two_seconds = 2000000000u;
  ck_assert_uint_eq(ls_ladder_last_of(200000, 200000, two_seconds), 4093);
  ck_assert_uint_eq(ls_ladder_last_of(200001, 200001, two_seconds), 2039);
  ck_assert_uint_eq(ls_ladder_last_of(1000, 1958863, two_seconds), 4093);
  ck_assert_uint_eq(ls_ladder_last_of(1000, 1958864, two_seconds), 2039);
}
END_TEST

START_TEST(test_ruled_out) {
  ck_assert_uint_eq(ls_ruled_out(1021), 204);
  ck_assert_uint_eq(ls_ruled_out(5), 1);
  ck_assert_uint_eq(ls_ruled_out(4), 1);
  ck_assert_uint_eq(ls_ruled_out(0), 1);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("verdict ladder");
  TCase *tcase = tcase_create("rungs");
  tcase_add_test(tcase, test_first);
  tcase_add_test(tcase, passes_that_wait_fit_into_the_budget);
  tcase_add_test(tcase, test_next);
  tcase_add_test(tcase, test_last);
  tcase_add_test(tcase, test_last_of);
  tcase_add_test(tcase, test_most);
  tcase_add_test(tcase, test_rested);
  tcase_add_test(tcase, test_ruled_out);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
