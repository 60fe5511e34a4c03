/* SPDX-License-Identifier: MIT */
/* Lines whose counts tell how often a test was run. */
#include <stdio.h>

#include "suite.h"

static int work(int n) {
  int sum = 0;
  for (int i = 0; i < n; i++) sum += i;
  return sum;
}

START_TEST(test_leaks) {
  leak();
  ck_assert_int_eq(work(4), 6);
  printf("only the leaking test comes here\n");
}
END_TEST

START_TEST(test_clean) { ck_assert_int_eq(work(3), 3); }
END_TEST

int main(void) {
  Suite *suite = suite_create("Coverage");
  add_test(suite, "leaks", test_leaks);
  add_test(suite, "clean", test_clean);
  return run_suite(suite);
}
