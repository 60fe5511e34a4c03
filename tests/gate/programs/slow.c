/* SPDX-License-Identifier: MIT */
/* Tests whose repetitions can be watched. */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "suite.h"

START_TEST(test_fast) { free(malloc(8)); }
END_TEST

START_TEST(test_sleeps) {
  const struct timespec time = {0, 10 * 1000 * 1000};
  nanosleep(&time, NULL);
}
END_TEST

/* So much of the CPU that few iterations are judged first. */
START_TEST(test_leaks) {
  struct timespec from, now;
  leak();
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
  do {
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  } while ((now.tv_sec - from.tv_sec) * 1000000000 + now.tv_nsec -
               from.tv_nsec <
           1500 * 1000);
}
END_TEST

/* The terminal is then another file. */
START_TEST(test_redirects) {
  static int done;
  const struct timespec time = {0, 10 * 1000 * 1000};
  if (!done++) dup2(open("stderr.txt", O_WRONLY | O_CREAT, 0600), 2);
  nanosleep(&time, NULL);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Slow");
  add_test(suite, "fast", test_fast);
  add_test(suite, "sleeps\x1b]0;\x07", test_sleeps);
  add_test(suite, "leaks", test_leaks);
  add_test(suite, "redirects", test_redirects);
  return run_suite(suite);
}
