/* SPDX-License-Identifier: MIT */
/*
 * Suites and runners in other ways than one of each.
 *   registry again | nested | two | twice
 */
#include <stdio.h>
#include <string.h>

#include "suite.h"

START_TEST(test_leaks) { leak(); }
END_TEST

START_TEST(test_clean) { free(malloc(1)); }
END_TEST

START_TEST(test_fails) { ck_abort_msg("inner failure"); }
END_TEST

static Suite *suite_of(const char *name, const TTest *test) {
  Suite *suite = suite_create(name);
  add_test(suite, "Core", test);
  return suite;
}

static Suite *used[32];
static int nused, met_again;

static Suite *note(Suite *suite) {
  for (int i = 0; i < nused; i++) met_again += used[i] == suite;
  used[nused++] = suite;
  return suite;
}

/* Freed and made anew: Check's objects come to lie at the same addresses. */
static int again(void) {
  for (int i = 0; i < 20; i++) {
    SRunner *unused = srunner_create(note(suite_of("Unused", test_leaks)));
    srunner_free(unused);
  }
  SRunner *runner = srunner_create(note(suite_of("First", test_clean)));
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  Suite *second = note(suite_of("Second", test_leaks));
  printf("the same address: %s\n", met_again ? "yes" : "no");
  return run_suite(second) + 2 * failed;
}

static int inner_run(enum fork_status fork, const TTest *test) {
  SRunner *runner = srunner_create(suite_of("Inner", test));
  srunner_set_fork_status(runner, fork);
  srunner_run_all(runner, CK_SILENT);
  int failed = srunner_ntests_failed(runner);
  if (failed) {
    TestResult **failures = srunner_failures(runner);
    ck_assert_str_eq(tr_msg(failures[0]), "inner failure");
    free(failures);
  }
  srunner_free(runner);
  return failed;
}

START_TEST(test_runs_fork) {
  ck_assert_int_eq(inner_run(CK_FORK, test_fails), 1);
  ck_assert_int_eq(inner_run(CK_FORK, test_leaks), 0);
  ck_assert_str_eq(tcase_name(), "test_runs_fork");
}
END_TEST

START_TEST(test_runs_nofork) {
  ck_assert_int_eq(inner_run(CK_NOFORK, test_fails), 1);
}
END_TEST

START_TEST(test_keeps_inner) {
  inner_run(CK_NOFORK, test_clean);
  leak();
}
END_TEST

/* After a run of its own, an assertion is the test's again. */
START_TEST(test_fails_later) {
  static int pass;
  inner_run(CK_NOFORK, test_fails);
  ck_assert_msg(++pass != 12, "outer failure");
}
END_TEST

static int nested(void) {
  Suite *suite = suite_create("Outer");
  add_test(suite, "fork", test_runs_fork);
  add_test(suite, "nofork", test_runs_nofork);
  add_test(suite, "leaks", test_keeps_inner);
  add_test(suite, "later", test_fails_later);
  add_test(suite, "after", test_clean);
  return run_suite(suite);
}

static int two(void) {
  SRunner *first = srunner_create(suite_of("One", test_leaks));
  SRunner *second = srunner_create(suite_of("Two", test_clean));
  srunner_add_suite(second, suite_of("Three", test_leaks));
  srunner_run_all(first, CK_ENV);
  srunner_run_all(second, CK_ENV);
  int failed = srunner_ntests_failed(first) + srunner_ntests_failed(second);
  printf("failed: %d\n", failed);
  srunner_free(second);
  srunner_free(first);
  return failed != 0;
}

static int twice(void) {
  SRunner *runner = srunner_create(suite_of("A", test_leaks));
  srunner_add_suite(runner, suite_of("B", test_clean));
  srunner_run(runner, "A", NULL, CK_ENV);
  srunner_run(runner, "B", "Core", CK_ENV);
  printf("run: %d, failed: %d\n", srunner_ntests_run(runner),
         srunner_ntests_failed(runner));
  srunner_free(runner);
  return 0;
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (!strcmp(what, "again")) return again();
  if (!strcmp(what, "nested")) return nested();
  if (!strcmp(what, "two")) return two();
  if (!strcmp(what, "twice")) return twice();
  return 64;
}
