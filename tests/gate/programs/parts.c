/* SPDX-License-Identifier: MIT */
/* Suites and test cases to be run in parts, of every outcome that is cheap, and
   names that are not for a shell, an XML or an HTML file. */
#include <stdio.h>

#include "suite.h"

START_TEST(test_clean) { free(malloc(8)); }
END_TEST

START_TEST(test_loop) {
  if (_i == 2) leak();
}
END_TEST

static __attribute__((noinline)) void keep_one(void) { leak(); }
static __attribute__((noinline)) void keep_two(void) {
  for (int i = 0; i < 2; i++) leak();
}

/* Two ways to one call site. */
START_TEST(test_paths) {
  keep_one();
  keep_two();
}
END_TEST

START_TEST(test_fails) { ck_assert_int_eq(1, 2); }
END_TEST

START_TEST(test_once) {
  static int ran;
  ck_assert_int_eq(ran++, 0);
}
END_TEST

static void unchecked_fails(void) { ck_abort_msg("unchecked <set-up> fails"); }

static TCase *with_test(Suite *suite, const char *name, const TTest *test) {
  TCase *tcase = add_case(suite, name);
  tcase_add_test(tcase, test);
  return tcase;
}

static Suite *cache(void) {
  Suite *suite = suite_create("Cache");
  tcase_add_test(with_test(suite, "core", test_clean), test_paths);
  tcase_add_loop_test(with_test(suite, "loop", test_clean), test_loop, 0, 4);
  return suite;
}

static Suite *queue(void) {
  Suite *suite = suite_create("Queue");
  tcase_add_test(with_test(suite, "core", test_once), test_fails);
  tcase_add_unchecked_fixture(with_test(suite, "setup", test_clean),
                              unchecked_fails, NULL);
  TCase *off = with_test(suite, "off", test_clean);
  tcase_set_tags(off, "slow leakslope:off");
  return suite;
}

static Suite *hostile(void) {
  Suite *suite = suite_create("<script>alert('1')</script>");
  with_test(suite, "a/b \"c\" & \x1b[31m\xff ../..", test_paths);
  with_test(suite, "-", test_clean);
  with_test(suite, "%@~", test_clean);
  return suite;
}

int main(void) {
  SRunner *runner = srunner_create(cache());
  srunner_add_suite(runner, queue());
  srunner_add_suite(runner, hostile());
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
