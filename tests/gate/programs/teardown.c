/* SPDX-License-Identifier: MIT */
/* Tear-downs that fail, also such that fail only where the test ran twice. */
#include "suite.h"

static int bodies;

static void failing(void) { ck_abort_msg("the tear-down fails"); }

static void once(void) {
  ck_assert_msg(bodies == 1, "the body ran %d times", bodies);
}

static void count_from_zero(void) { bodies = 0; }

static void failing_setup(void) { ck_abort_msg("the set-up fails"); }

START_TEST(test_body) { bodies++; }
END_TEST

START_TEST(test_leaks) { leak(); }
END_TEST

START_TEST(test_fails) { ck_abort_msg("the body fails"); }
END_TEST

int main(void) {
  Suite *suite = suite_create("TearDown");
  TCase *tcase = add_case(suite, "fails");
  tcase_add_checked_fixture(tcase, NULL, failing);
  tcase_add_test(tcase, test_body);
  tcase_add_test(tcase, test_leaks);
  tcase_add_test(tcase, test_fails);
  tcase = add_case(suite, "counts");
  tcase_add_checked_fixture(tcase, count_from_zero, once);
  tcase_add_test(tcase, test_body);
  tcase = add_case(suite, "setup");
  tcase_add_checked_fixture(tcase, failing_setup, NULL);
  tcase_add_test(tcase, test_body);
  tcase_add_loop_test(tcase, test_leaks, 0, 2);
  tcase = add_case(suite, "after");
  tcase_add_test(tcase, test_leaks);
  return run_suite(suite);
}
