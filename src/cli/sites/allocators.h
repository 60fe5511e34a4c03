/* SPDX-License-Identifier: MIT */
/*
 * Functions whose caller is to give back what it got: those behind the domains
 * that are judged, and wrappers of them.
 */
#ifndef LS_CLI_ALLOCATORS_H
#define LS_CLI_ALLOCATORS_H

#include <stddef.h>

#include "leakslope.h" /* types: enum leakslope_domain */

struct cli_allocator {
  const char *name; /* as a source has it: __strdup is strdup */
  enum leakslope_domain domain;
};

/* Wrappers that no list knows. */
struct cli_wrappers {
  size_t n;
  const char **names;
};

/* Whether a symbol is such a function's; the name may have a version
   (malloc@GLIBC_2.2.5) or what a compiler adds (xmalloc.part.0).  Of the
   program's own functions only wrappers are: an accept() of its own is not
   libc's.  1: *found says which. */
int cli_allocator_find(const struct cli_wrappers *more, const char *symbol,
                       int is_own, struct cli_allocator *found);

#endif
