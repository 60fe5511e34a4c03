/* SPDX-License-Identifier: MIT */
/* A test that fails after a while. */
#include <time.h>

#include "suite.h"

START_TEST(test_fails) {
  const struct timespec pause = {0, 20000000};
  nanosleep(&pause, NULL);
  ck_abort();
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Timed");
  add_test(suite, "fails", test_fails);
  return run_suite(suite);
}
