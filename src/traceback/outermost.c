/* SPDX-License-Identifier: MIT */
/* Remembers which code calls the tests: a traceback ends before its frames. */
#include <errno.h>

#include "traceback/unwind.h"

enum { RANGES = 4 };

static struct {
  size_t n;
  struct {
    uintptr_t begin, end;
  } at[RANGES];
} outermost;

int ls_unwind_outermost(uintptr_t begin, uintptr_t end) {
  for (size_t i = 0; i < outermost.n; i++)
    if (outermost.at[i].begin == begin) return 0;
  if (outermost.n == RANGES) return -ENOSPC;
  outermost.at[outermost.n].begin = begin;
  outermost.at[outermost.n].end = end;
  outermost.n++;
  ls_unwind_flush();
  return 0;
}

int ls_unwind_is_outermost(uintptr_t pc) {
  for (size_t i = 0; i < outermost.n; i++)
    if (pc >= outermost.at[i].begin && pc < outermost.at[i].end) return 1;
  return 0;
}
