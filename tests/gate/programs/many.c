/* SPDX-License-Identifier: MIT */
/* More test cases than there are set-up functions for them. */
#include <stdio.h>
#include <unistd.h>

#include "suite.h"

enum { CASES = 300 };

static char names[CASES][8];
static int torn_down;

static void teardown(void) { torn_down++; }

START_TEST(test_one) { ck_assert_int_ge(torn_down, 0); }
END_TEST

START_TEST(test_leaks) { leak(); }
END_TEST

START_TEST(test_hangs) {
  for (;;) pause();
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Many");
  for (int i = 0; i < CASES; i++) {
    snprintf(names[i], sizeof names[i], "c%d", i);
    TCase *tcase = add_case(suite, names[i]);
    tcase_set_timeout(tcase, 1);
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, test_one);
    if (i == CASES - 2) tcase_add_test(tcase, test_leaks);
    if (i == CASES - 1) tcase_add_test(tcase, test_hangs);
  }
  int status = run_suite(suite);
  printf("torn down: %d\n", torn_down);
  return status;
}
