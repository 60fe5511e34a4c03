/* SPDX-License-Identifier: MIT */
/* The statistics, on values worked out by hand. */
#include "suite.h"
#include "verdict/stats.h"

static const double EXACT = 1e-12;

START_TEST(test_moments) {
  const double values[] = {2, 4, 6, 8};
  struct ls_moments of = ls_moments_of(values, 4);
  ck_assert_double_eq_tol(of.mean, 5, EXACT);
  ck_assert_double_eq_tol(of.variance, 20.0 / 3, EXACT);
  ck_assert_double_eq_tol(ls_sum(values, 4), 20, EXACT);
  ck_assert_double_eq_tol(ls_late_share(values, 4), 0.7, EXACT);
  /* the middle one of an odd number counts as early */
  ck_assert_double_eq_tol(ls_late_share(values, 3), 0.5, EXACT);
}
END_TEST

START_TEST(test_t_above_zero) {
  const double rising[] = {1, 3}, level[] = {2, 2}, falling[] = {-1, -3};
  /* mean 2, standard error sqrt(2 / 2) */
  ck_assert_double_eq_tol(ls_t_above_zero(rising, 2), 2, EXACT);
  ck_assert_double_eq(ls_t_above_zero(level, 2), LS_T_CERTAIN);
  ck_assert_double_eq(ls_t_above_zero(falling, 2), 0);
}
END_TEST

START_TEST(test_decelerates) {
  const double slower[] = {9, 11, 10, 1, 3, 2}, same[] = {9, 11, 9, 11};
  const double exactly[] = {2, 2, 1, 1}, faster[] = {1, 1, 2, 2};
  ck_assert(ls_decelerates(slower, 6));
  ck_assert(!ls_decelerates(same, 4));
  ck_assert(ls_decelerates(exactly, 4));
  ck_assert(!ls_decelerates(faster, 4));
}
END_TEST

START_TEST(test_log_law) {
  double linear[64], logarithmic[64], none[64] = {0};
  for (unsigned i = 0; i < 64; i++) {
    linear[i] = 1 + i % 2;
    logarithmic[i] = 1.0 / (i + 1);
  }
  ck_assert(ls_beats_log_law(linear, 64));
  ck_assert(!ls_beats_log_law(logarithmic, 64));
  ck_assert(!ls_beats_log_law(none, 64));
}
END_TEST

START_TEST(test_groups) {
  const double values[] = {1, 2, 3, 4, 5};
  const int64_t levels[] = {5, 2, 3, 9, 4};
  double groups[6];
  ls_group_sums(values, 5, 2, groups);
  ck_assert_double_eq(groups[0], 3);
  ck_assert_double_eq(groups[1], 12);
  ls_group_minima(levels, 5, 2, groups);
  ck_assert_double_eq(groups[0], 2);
  ck_assert_double_eq(groups[1], 3);
  /* more groups than values: the first counts twice */
  ls_group_sums(values, 5, 6, groups);
  ck_assert_double_eq(groups[0], 1);
  ck_assert_double_eq(groups[1], 1);
  ck_assert_double_eq(groups[5], 5);
}
END_TEST

START_TEST(test_sort) {
  double values[] = {3, -1, 2, 2, 9, 0};
  const double sorted[] = {-1, 0, 2, 2, 3, 9};
  ls_sort(values, 6);
  ck_assert_mem_eq(values, sorted, sizeof sorted);
  ls_sort(values, 0);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("verdict stats");
  TCase *tcase = tcase_create("by hand");
  tcase_add_test(tcase, test_moments);
  tcase_add_test(tcase, test_t_above_zero);
  tcase_add_test(tcase, test_decelerates);
  tcase_add_test(tcase, test_log_law);
  tcase_add_test(tcase, test_groups);
  tcase_add_test(tcase, test_sort);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
