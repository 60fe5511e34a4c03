/* SPDX-License-Identifier: MIT */
/* What is said of blocks of which some were freed late. */
#include <math.h>
#include <string.h>

#include "suite.h"
#include "verdict/rule.h"

enum { LENGTH = 1021, WINDOWS = 64, SIZE = 64 };

static struct ls_series series;
static int64_t births[LS_SERIES_WINDOWS];

/* One block waits for each iteration; then all are freed but `kept`. */
static void wait_for(uint32_t length, int64_t kept) {
  ls_series_begin(&series, 100, 100 * SIZE);
  for (uint32_t i = 1; i <= length; i++)
    ls_series_record(&series, i, 100 + i, (100 + i) * SIZE);
  ls_series_settle(&series, 100 + kept, (100 + kept) * SIZE);
  memset(births, 0, sizeof births);
}

static enum ls_site_state judge(int64_t freed_late) {
  return ls_survivors_judge(&series, births, freed_late);
}

START_TEST(test_as_many_old_ones) {
  wait_for(LENGTH, WINDOWS);
  for (unsigned k = 0; k < WINDOWS; k++) births[k] = 1;
  ck_assert_int_eq(judge(LENGTH - WINDOWS), LS_SITE_LEAK);
  ck_assert_int_eq(series.count.held, 100 + WINDOWS);
}
END_TEST

START_TEST(test_young_ones) {
  int64_t all = 0;
  wait_for(LENGTH, 0);
  for (unsigned k = 0; k < WINDOWS; k++)
    all += births[k] = lround(8 * exp(-(WINDOWS - 1 - (double)k) / 15));
  wait_for(LENGTH, all);
  for (unsigned k = 0; k < WINDOWS; k++)
    births[k] = lround(8 * exp(-(WINDOWS - 1 - (double)k) / 15));
  ck_assert_int_eq(judge(LENGTH - all), LS_SITE_OK);
}
END_TEST

/* For those that were born others went. */
START_TEST(test_in_the_place_of_others) {
  wait_for(LENGTH, 10);
  for (unsigned k = 0; k < WINDOWS; k++) births[k] = 1;
  ck_assert_int_eq(judge(LENGTH - 10), LS_SITE_OK);
}
END_TEST

static void keep(int64_t each) {
  wait_for(LENGTH, each * WINDOWS);
  for (unsigned k = 0; k < WINDOWS; k++) births[k] = each;
}

/* Of those that were freed late, most may have been freed on the way. */
START_TEST(test_few_were_freed) {
  keep(13);
  ck_assert_int_eq(judge(1), LS_SITE_LEAK);
  keep(13); /* 189 fewer than there were */
  ck_assert_int_eq(judge(0), LS_SITE_OK);
  keep(12); /* 253 */
  ck_assert_int_eq(judge(0), LS_SITE_LEAK);
}
END_TEST

/* A batch that is freed as a whole; who is alive is of the latest. */
START_TEST(test_a_batch) {
  wait_for(LENGTH, 10);
  births[WINDOWS - 1] = 10;
  ck_assert_int_eq(judge(0), LS_SITE_OK);
}
END_TEST

START_TEST(test_none_is_left) {
  wait_for(LENGTH, 0);
  ck_assert_int_eq(judge(LENGTH), LS_SITE_OK);
}
END_TEST

START_TEST(test_too_few_iterations) {
  wait_for(LS_LEAST_WINDOWS - 1, 8);
  for (unsigned k = 0; k < 8; k++) births[k] = 1;
  ck_assert_int_eq(judge(LS_LEAST_WINDOWS - 9), LS_SITE_OK);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("verdict survivors");
  TCase *tcase = tcase_create("late");
  tcase_set_timeout(tcase, SUITE_TIMEOUT);
  tcase_add_test(tcase, test_as_many_old_ones);
  tcase_add_test(tcase, test_young_ones);
  tcase_add_test(tcase, test_in_the_place_of_others);
  tcase_add_test(tcase, test_few_were_freed);
  tcase_add_test(tcase, test_a_batch);
  tcase_add_test(tcase, test_none_is_left);
  tcase_add_test(tcase, test_too_few_iterations);
  suite_add_tcase(suite, tcase);
  return suite_run(suite);
}
