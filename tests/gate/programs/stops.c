/* SPDX-License-Identifier: MIT */
/* A test that turns the tracer off: what comes after it cannot be judged. */
#include "suite.h"

void leakslope_stop(void) __attribute__((weak));

START_TEST(test_stops) {
  if (leakslope_stop) leakslope_stop();
}
END_TEST

START_TEST(test_after) { free(malloc(1)); }
END_TEST

int main(void) {
  Suite *suite = suite_create("Stops");
  add_test(suite, "stops", test_stops);
  add_test(suite, "after", test_after);
  return run_suite(suite);
}
