/* SPDX-License-Identifier: MIT */
/*
 * mlockall: a program that locks all of its memory may lock so much as a limit
 * says, and ours is not of it.  Where the kernel refuses, as with ours it is
 * too much, each mapping that is the program's is locked by itself.
 */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "interpose/descriptors.h"
#include "platform/own_pages.h"

#ifndef MCL_ONFAULT
#define MCL_ONFAULT 4
#endif
#ifndef MLOCK_ONFAULT
#define MLOCK_ONFAULT 1
#endif

/* ---- the program's mappings, as /proc/self/maps has them ----------------- */

struct maps {
  int fd;
  int c; /* the character at hand; -1 at the end */
  long at, n;
  char piece[256];
};

static void next(struct maps *maps) {
  if (maps->at == maps->n) {
    maps->n = syscall(SYS_read, maps->fd, maps->piece, sizeof maps->piece);
    maps->at = 0;
  }
  maps->c = maps->n > 0 ? (unsigned char)maps->piece[maps->at++] : -1;
  if (maps->c == -1) maps->n = maps->at = 0;
}

static uintptr_t number(struct maps *maps) {
  uintptr_t value = 0;
  for (;; next(maps)) {
    int c = maps->c;
    if (c >= '0' && c <= '9')
      value = value * 16 + (uintptr_t)(c - '0');
    else if (c >= 'a' && c <= 'f')
      value = value * 16 + (uintptr_t)(c - 'a' + 10);
    else
      return value;
  }
}

typedef int takes(uintptr_t begin, size_t size, void *arg);

/* 0, or what `take` gave first that was not 0. */
static int take_others(uintptr_t begin, uintptr_t end, takes *take, void *arg) {
  uintptr_t until;
  while ((until = ls_own_pages_next_other(&begin, end)) != 0) {
    int rc = take(begin, until - begin, arg);
    if (rc) return rc;
    begin = until;
  }
  return 0;
}

static int each_of_the_program(takes *take, void *arg) {
  struct maps maps = {.fd = (int)syscall(SYS_open, "/proc/self/maps", 0)};
  int rc = maps.fd < 0 ? -1 : 0;
  if (rc) return rc;
  next(&maps);
  while (maps.c != -1 && !rc) {
    uintptr_t begin = number(&maps);
    next(&maps);
    uintptr_t end = number(&maps);
    /* The kernel's own page, in its half, is no mapping of the process. */
    if ((intptr_t)end > 0) rc = take_others(begin, end, take, arg);
    while (maps.c != -1 && maps.c != '\n') next(&maps);
    if (maps.c == '\n') next(&maps);
  }
  (void)syscall(SYS_close, maps.fd);
  return rc;
}

/* ---- locking them -------------------------------------------------------- */

static int add_size(uintptr_t begin, size_t size, void *sum) {
  (void)begin;
  *(size_t *)sum += size;
  return 0;
}

/* One that cannot be made resident is locked all the same. */
static int lock(uintptr_t begin, size_t size, void *on_fault) {
  if (*(int *)on_fault)
    (void)syscall(SYS_mlock2, begin, size, MLOCK_ONFAULT);
  else
    (void)syscall(SYS_mlock, begin, size);
  return 0;
}

/* As the kernel reckons, without ours. */
static int is_within_limit(void) {
  struct rlimit limit;
  size_t sum = 0;
  return !syscall(SYS_prlimit64, 0, RLIMIT_MEMLOCK, NULL, &limit) &&
         !each_of_the_program(add_size, &sum) && sum <= limit.rlim_cur;
}

static int lock_the_program(int flags) {
  int on_fault = flags & MCL_ONFAULT;
  int rc = flags & MCL_FUTURE ? ls_real.mlockall(flags & ~MCL_CURRENT)
                              : (int)syscall(SYS_munlockall);
  return rc ? rc : each_of_the_program(lock, &on_fault);
}

static void unlock(uintptr_t begin, size_t size) {
  (void)syscall(SYS_munlock, begin, size);
}

LS_HOOK int mlockall(int flags) {
  LS_REAL_OR(mlockall, -1)
  int before = errno;
  if (flags & MCL_FUTURE) ls_own_pages_set_aside();
  errno = before;
  int rc = ls_real.mlockall(flags);
  if (!(flags & MCL_CURRENT) || (rc && errno != ENOMEM)) return rc;
  int after = errno;
  if (!rc) {
    ls_own_pages_each(unlock);
  } else if (is_within_limit()) {
    rc = lock_the_program(flags);
    after = rc ? ENOMEM : before;
  }
  errno = after;
  return rc;
}
