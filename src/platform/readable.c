/* SPDX-License-Identifier: MIT */
/* Asks the kernel whether memory can be read, by a call that copies a word
   from there and then fails. */
#include "platform/readable.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/arena.h"

/* The kernel reads the set of signals before it looks at what is to be done
   with the set, and there is nothing with this number to be done. */
static long copy_from(uintptr_t address) {
  enum { NOTHING = -1, SET = 8 };
  int saved = errno;
  long rc = syscall(SYS_rt_sigprocmask, NOTHING, address, NULL, SET);
  long error = rc ? errno : 0;
  errno = saved;
  return error;
}

int ls_is_readable(uintptr_t address) {
  return ls_pages_may_advise() && copy_from(address) == EINVAL;
}

int ls_are_readable(uintptr_t from, uintptr_t to) {
  for (uintptr_t at = ls_page_of(from); at <= to; at += LS_PAGE)
    if (!ls_is_readable(at)) return 0;
  return 1;
}
