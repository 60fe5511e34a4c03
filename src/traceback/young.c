/* SPDX-License-Identifier: MIT */
/* Counts the first walks of a process that was forked. */
#include "traceback/young.h"

#include "platform/together.h"

_Atomic unsigned ls_young_walks LS_TOGETHER;

void ls_young_begin(void) {
  enum { WALKS = 128 };
  atomic_store_explicit(&ls_young_walks, WALKS, memory_order_relaxed);
}

void ls_young_walked(void) {
  unsigned left = atomic_load_explicit(&ls_young_walks, memory_order_relaxed);
  atomic_store_explicit(&ls_young_walks, left - 1, memory_order_relaxed);
}
