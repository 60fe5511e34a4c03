/* SPDX-License-Identifier: MIT */
/* Walks over the live blocks by address. */
#include "tracker/blocks.h"

#include "tracker/early.h"
#include "tracker/shadow.h"

static void walk_leaf(const struct ls_shadow_leaf *leaf, uintptr_t begin,
                      void (*visit)(void *arg, uintptr_t block), void *arg) {
  for (size_t at = 0; at < LS_CELLS; at++) {
    if (at % LS_PAGE_CELLS == 0 && !leaf->told[at / LS_PAGE_CELLS]) {
      at += LS_PAGE_CELLS - 1;
      continue;
    }
    if (__atomic_load_n(&leaf->cells[at], __ATOMIC_RELAXED) >> LS_CODE_BITS)
      visit(arg, begin + ((uintptr_t)at << LS_GRANULE_BITS));
  }
}

void ls_blocks_walk(void (*visit)(void *arg, uintptr_t block), void *arg) {
  ls_early_end();
  for (uintptr_t i = 0; i < 1 << LS_TOP_BITS; i++) {
    struct ls_shadow_middle *middle = atomic_load(&ls_shadow_top[i]);
    for (uintptr_t j = 0; middle && j < 1 << LS_MIDDLE_BITS; j++) {
      const struct ls_shadow_leaf *leaf = atomic_load(&middle->leaves[j]);
      if (leaf)
        walk_leaf(leaf,
                  (i << LS_MIDDLE_BITS | j) << (LS_GRANULE_BITS + LS_CELL_BITS),
                  visit, arg);
    }
  }
}
