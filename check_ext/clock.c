/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Not there where all is linked statically. */
#pragma weak dlsym
#pragma weak dladdr

typedef int clock_function(clockid_t clock, struct timespec *time);

/* NULL where there is none that can be told to be libc's. */
static clock_function *find_libc(void) {
  clock_function *found = NULL;
  Dl_info info;
  if (!dlsym || !dladdr) return NULL;
  void *behind = dlsym(RTLD_NEXT, "clock_gettime");
  if (!behind || !dladdr(behind, &info) || !info.dli_fname) return NULL;
  const char *slash = strrchr(info.dli_fname, '/');
  if (!strncmp(slash ? slash + 1 : info.dli_fname, "libc.so", 7))
    *(void **)(void *)&found = behind;
  return found;
}

double ck_now(void) {
  static clock_function *libc;
  static int is_known;
  struct timespec time = {0, 0};
  if (!is_known) libc = find_libc();
  is_known = 1;
  if (libc)
    (void)libc(CLOCK_MONOTONIC, &time);
  else
    (void)syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

void ck_sleep(long seconds, long ns) {
  struct timespec left = {seconds, ns};
  while (syscall(SYS_nanosleep, &left, &left) < 0 && errno == EINTR) continue;
}

double ck_queued(void) {
  /* "ran queued slices", in ns */
  char text[96];
  long fd = syscall(SYS_openat, AT_FDCWD, "/proc/thread-self/schedstat",
                    O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return 0;
  long n = syscall(SYS_read, fd, text, sizeof text - 1);
  (void)syscall(SYS_close, fd);
  text[n > 0 ? n : 0] = '\0';
  const char *at = text;
  while (*at && *at != ' ') at++;
  return (double)strtoull(at, NULL, 10) * 1e-9;
}
