/* SPDX-License-Identifier: MIT */
/* Tests with a clock of their own, as those of schedulers have: no time passes
   but what they say, no sleep ends well, and each call is counted.  The clock
   can be in a library of its own: CLOCK_ALONE and CLOCK_ELSEWHERE. */
#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "suite.h"

#ifdef CLOCK_ELSEWHERE
extern unsigned calls;
#else
unsigned calls;

int clock_gettime(clockid_t clock, struct timespec *time) {
  (void)clock;
  *time = (struct timespec){1000, 0};
  calls++;
  return 0;
}

int nanosleep(const struct timespec *wanted, struct timespec *left) {
  if (left) *left = *wanted;
  calls++;
  errno = EINTR;
  return -1;
}
#endif

#ifndef CLOCK_ALONE

static double cpu(void) {
  struct timespec time;
  syscall(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

START_TEST(test_works) {
  double end = cpu() + 0.004;
  while (cpu() < end) continue;
  free(malloc(1));
}
END_TEST

START_TEST(test_leaks) { leak(); }
END_TEST

/* Nobody but Check and the test itself asks for the time. */
START_TEST(test_counts) {
  unsigned before = calls;
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  ck_assert_uint_eq(calls, before + 1);
  static unsigned last;
  unsigned since = last ? before - last : 0;
  last = calls;
  ck_assert_uint_le(since, 1);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Clocks");
  add_test(suite, "works", test_works);
  add_test(suite, "leaks", test_leaks);
  add_test(suite, "counts", test_counts);
  return run_suite(suite);
}
#endif
