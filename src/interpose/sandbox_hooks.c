/* SPDX-License-Identifier: MIT */
/*
 * prctl: a process that shuts itself off from calls of the kernel passes by
 * here first.  Memory that malloc gets it must go on to get, so that much is
 * ours too; whatever else we ask the kernel for in hooks, to be quicker, ends.
 */
#include <stdarg.h>
#include <sys/prctl.h>

#include "interpose/descriptors.h"
#include "platform/arena.h"
#include "platform/lock.h"

LS_HOOK int prctl(int option, ...) {
  enum { REST = 4 };
  unsigned long rest[REST];
  va_list list;
  va_start(list, option);
  for (int i = 0; i < REST; i++) rest[i] = va_arg(list, unsigned long);
  va_end(list);
  LS_REAL_OR(prctl, -1)
  /* Without privileges a filter is only taken after the first of these. */
  if (option == PR_SET_NO_NEW_PRIVS || option == PR_SET_SECCOMP) {
    ls_pages_no_advice();
  }
  return ls_real.prctl(option, rest[0], rest[1], rest[2], rest[3]);
}
