/* SPDX-License-Identifier: MIT */
/* Asks libc's own clock for the time, and sleeps by it. */
#include "clock.h"

#include <errno.h>
#include <time.h>

double ck_now(void) {
  struct timespec time = {0, 0};
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

void ck_sleep(long seconds, long ns) {
  struct timespec left = {seconds, ns};
  while (nanosleep(&left, &left) < 0 && errno == EINTR) continue;
}
