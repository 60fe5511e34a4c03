/* SPDX-License-Identifier: MIT */
/* Asks libc's own clock for the time, and sleeps by it. */
#include "gate/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

double lsg_now(void) {
  struct timespec time = {0, 0};
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

void lsg_sleep(long seconds, long ns) {
  struct timespec left = {seconds, ns};
  while (nanosleep(&left, &left) < 0 && errno == EINTR) continue;
}

/* "ran queued slices", in ns */
static double queued(const char *path) {
  char text[96];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t n = read(fd, text, sizeof text - 1);
  (void)close(fd);
  text[n > 0 ? n : 0] = '\0';
  const char *at = text;
  while (*at && *at != ' ') at++;
  return (double)strtoull(at, NULL, 10) * 1e-9;
}

double lsg_queued_of(pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
  return queued(path);
}
