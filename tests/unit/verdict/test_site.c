/* SPDX-License-Identifier: MIT */
/* What must be called a leak, and what must not, by plain examples. */
#include "growth.h"
#include "suite.h"
#include "verdict/verdict.h"

static enum ls_site_state judge(growth_fn at, uint32_t n) {
  int64_t births[LS_SERIES_WINDOWS];
  struct ls_series series = growth_series(at, n);
  growth_births(&series, at, births);
  return ls_site_judge(&series, births, 0);
}

/* At the rung n of a ladder whose last is `last`. */
static enum ls_site_state judge_at(growth_fn at, uint32_t n, uint32_t last) {
  int64_t births[LS_SERIES_WINDOWS];
  struct ls_series series = growth_series(at, n);
  growth_births(&series, at, births);
  series.rested = ls_ladder_rested(n, last);
  return ls_site_judge(&series, births, 0);
}

/* Up the ladder from 1021, as far as the state asks for. */
static enum ls_site_state climb(growth_fn at) {
  uint32_t n = 1021, last = 4093;
  enum ls_site_state state = judge_at(at, n, last);
  while (state != LS_SITE_OK && (n < last || n < ls_ladder_most(last, state))) {
    n = ls_ladder_next(n);
    state = judge_at(at, n, last);
  }
  return state;
}

static enum ls_site_state judge_gauge(growth_fn at, uint32_t n) {
  struct ls_series series = growth_series(at, n);
  return ls_site_judge(&series, NULL, 0);
}

START_TEST(test_linear_is_a_leak) {
  const uint32_t rungs[] = {61, 251, 1021, 4093};
  for (unsigned i = 0; i < sizeof rungs / sizeof *rungs; i++) {
    ck_assert_int_eq(judge(grow_linear, rungs[i]), LS_SITE_LEAK);
    ck_assert_int_eq(judge_gauge(grow_linear, rungs[i]), LS_SITE_LEAK);
  }
}
END_TEST

START_TEST(test_slow_leak_needs_iterations) {
  ck_assert_int_lt(judge(grow_slowly, 251), LS_SITE_LEAK);
  ck_assert_int_gt(judge(grow_slowly, 251), LS_SITE_OK);
  ck_assert_int_eq(judge(grow_slowly, 1021), LS_SITE_LEAK);
}
END_TEST

START_TEST(test_buffers) {
  ck_assert_int_eq(judge(grow_by_append, 1021), LS_SITE_LEAK);
  /* its last leap was at half of the time: so it is where it is full */
  ck_assert_int_eq(judge(grow_by_doubling, 1021), LS_SITE_DUE);
  ck_assert_int_eq(judge_at(grow_by_doubling, 1021, 509), LS_SITE_LEAK);
  ck_assert_int_eq(judge(grow_by_chance, 1021), LS_SITE_LEAK);
}
END_TEST

/* A leap may be far from the last one, but it comes. */
START_TEST(test_capacities) {
  ck_assert_int_eq(climb(grow_by_doubling), LS_SITE_LEAK);
  ck_assert_int_eq(climb(grow_by_four), LS_SITE_LEAK);
  ck_assert_int_eq(climb(grow_by_eight), LS_SITE_LEAK);
  ck_assert_int_eq(climb(grow_arena), LS_SITE_LEAK);
  ck_assert_int_eq(climb(grow_arena_by_three), LS_SITE_LEAK);
  ck_assert_int_le(climb(grow_by_eight_to_rest), LS_SITE_SUSPECT);
  ck_assert_int_le(climb(grow_arena_to_rest), LS_SITE_SUSPECT);
}
END_TEST

/* Up to its last leap a table that is full is one that grows. */
START_TEST(test_due) {
  ck_assert_int_eq(judge_at(grow_by_eight_to_rest, 4093, 4093), LS_SITE_DUE);
  ck_assert_int_eq(judge_at(grow_by_eight, 4093, 4093), LS_SITE_DUE);
  ck_assert_int_eq(judge_at(grow_by_eight, 8191, 4093), LS_SITE_LEAK);
}
END_TEST

START_TEST(test_phases) {
  /* between 450 and 600, and again from 1050 on, nothing grows */
  ck_assert_int_gt(judge_at(grow_in_phases, 590, 4093), LS_SITE_OK);
  ck_assert_int_eq(climb(grow_in_phases), LS_SITE_LEAK);
}
END_TEST

/* It beats the logarithm for long, and slows down all the way. */
START_TEST(test_random_keys) {
  ck_assert_int_lt(judge_at(grow_by_random_keys, 4093, 4093), LS_SITE_LEAK);
  ck_assert_int_gt(judge_at(grow_by_random_keys, 4093, 4093), LS_SITE_SUSPECT);
  ck_assert_int_lt(climb(grow_by_random_keys), LS_SITE_LEAK);
}
END_TEST

/* A filling cache looks like a leak until it is full; then it is none. */
START_TEST(test_cache) {
  ck_assert_int_eq(judge(grow_cache, 509), LS_SITE_LEAK);
  ck_assert_int_lt(judge(grow_cache, 1021), LS_SITE_LEAK);
  ck_assert_int_eq(judge(grow_cache, 4093), LS_SITE_OK);
}
END_TEST

START_TEST(test_fading) {
  ck_assert_int_eq(judge(grow_fading, 4093), LS_SITE_FADING);
}
END_TEST

START_TEST(test_logarithm_fades) {
  const uint32_t rungs[] = {251, 509, 1021, 2039, 4093, 8191};
  for (unsigned i = 0; i < sizeof rungs / sizeof *rungs; i++)
    ck_assert_int_lt(judge(grow_by_log, rungs[i]), LS_SITE_LEAK);
}
END_TEST

/* What is left is slow beside what came at once: not a plateau yet. */
START_TEST(test_slow_leak_beside_table) {
  ck_assert_int_gt(judge(grow_beside_table, 1021), LS_SITE_OK);
}
END_TEST

/* Of a leak of one per 30 beside a cache, few iterations see no more. */
START_TEST(test_late_rises_in_few_iterations) {
  ck_assert_int_gt(judge(grow_to_rest, 251), LS_SITE_OK);
}
END_TEST

START_TEST(test_bounded_is_not_suspect) {
  ck_assert_int_eq(judge(grow_never, 251), LS_SITE_OK);
  ck_assert_int_eq(judge(grow_once, 251), LS_SITE_OK);
  ck_assert_int_eq(judge(grow_sawtooth, 1021), LS_SITE_OK);
  ck_assert_int_eq(judge_gauge(grow_sawtooth, 1021), LS_SITE_OK);
}
END_TEST

START_TEST(test_few_windows) {
  ck_assert_int_eq(judge(grow_never, 0), LS_SITE_OK);
  ck_assert_int_eq(judge(grow_never, 8), LS_SITE_OK);
  ck_assert_int_eq(judge(grow_linear, 8), LS_SITE_SUSPECT);
  ck_assert_int_eq(judge(grow_by_append, 8), LS_SITE_SUSPECT);
  ck_assert_int_eq(judge(grow_linear, 23), LS_SITE_SUSPECT);
}
END_TEST

START_TEST(test_limit) {
  struct ls_series series;
  ls_series_begin(&series, 3, 0);
  ls_series_record(&series, 1, 949, 0);
  ls_series_record(&series, 2, 3, 0);
  ck_assert_int_eq(ls_site_judge(&series, NULL, 1000), LS_SITE_OK);
  ls_series_record(&series, 3, 950, 0);
  ls_series_record(&series, 4, 3, 0);
  ck_assert_int_eq(ls_site_judge(&series, NULL, 1000), LS_SITE_LIMIT);
  ck_assert_int_eq(ls_site_judge(&series, NULL, 0), LS_SITE_OK);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("verdict site");
  TCase *tcase = tcase_create("examples");
  tcase_add_test(tcase, test_linear_is_a_leak);
  tcase_add_test(tcase, test_slow_leak_needs_iterations);
  tcase_add_test(tcase, test_buffers);
  tcase_add_test(tcase, test_capacities);
  tcase_add_test(tcase, test_due);
  tcase_add_test(tcase, test_phases);
  tcase_add_test(tcase, test_random_keys);
  tcase_add_test(tcase, test_cache);
  tcase_add_test(tcase, test_fading);
  tcase_add_test(tcase, test_logarithm_fades);
  tcase_add_test(tcase, test_slow_leak_beside_table);
  tcase_add_test(tcase, test_late_rises_in_few_iterations);
  tcase_add_test(tcase, test_bounded_is_not_suspect);
  tcase_add_test(tcase, test_few_windows);
  tcase_add_test(tcase, test_limit);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
