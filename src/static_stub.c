/* SPDX-License-Identifier: MIT */
/*
 * For programs that are linked with -static: the hooks need the dynamic
 * linker, so nothing is traced, and whoever asks is told why.
 */
#include <errno.h>

#include "interpose/hooks.h"
#include "traceback/unwind.h"

struct ls_real ls_real;

void ls_hooks_resolve(void) {}

int ls_unwind_init(const char **cause) {
  *cause = "statically linked: the tracer needs the dynamic linker";
  return -ENOTSUP;
}

size_t ls_unwind(const void *caller, uintptr_t *pcs, size_t max) {
  (void)max;
  pcs[0] = (uintptr_t)caller;
  return 1;
}

void ls_unwind_flush(void) {}
