/* SPDX-License-Identifier: MIT */
/* Asks the dynamic linker whether libraries were unloaded. */
#include "tracker/unloads.h"

#include <link.h>
#include <stddef.h>

#include "traceback/unwind.h"

/* The first module says it for all: how many were ever unloaded. */
static int take_count(struct dl_phdr_info *info, size_t size, void *count) {
  if (size >= offsetof(struct dl_phdr_info, dlpi_subs) + sizeof info->dlpi_subs)
    *(unsigned long long *)count = info->dlpi_subs;
  return 1;
}

void ls_unloads_look(void) {
  static unsigned long long before;
  unsigned long long now = before;
  (void)dl_iterate_phdr(take_count, &now);
  if (now == before) return;
  before = now;
  ls_unwind_flush();
}
