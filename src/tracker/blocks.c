/* SPDX-License-Identifier: MIT */
/* Walks over the live blocks by address. */
#include "tracker/blocks.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/guard.h"
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

/* ---- all, with what is known of them --------------------------------------
 */

/* The bytes of a block of glibc's that a program may use. */
static size_t usable_of(uintptr_t block) {
  enum { FLAGS = 7, MAPPED = 2 };
  size_t head;
  /* NOLINTNEXTLINE(performance-no-int-to-ptr): the word before the block */
  head = ((const size_t *)block)[-1];
  size_t own = head & MAPPED ? 2 * sizeof head : sizeof head;
  return (head & ~(size_t)FLAGS) - own;
}

struct each {
  void (*visit)(void *arg, const struct ls_live_block *block);
  void *arg;
};

static void visit_entry(void *arg, uintptr_t begin,
                        struct ls_shadow_entry entry, size_t code) {
  const struct each *each = arg;
  struct ls_live_block block = {begin, entry.size, entry.site, entry.birth};
  if (code != LS_CODE_ASIDE)
    block.size = ls_shadow_size(code, usable_of(begin));
  each->visit(each->arg, &block);
}

int ls_blocks_each(void (*visit)(void *arg, const struct ls_live_block *block),
                   void *arg) {
  struct each each = {visit, arg};
  if (atomic_load(&ls_usual_owner) & LS_UNUSUAL_BLOCKS) return -ENOTSUP;
  ls_early_end();
  ls_shadow_each(visit_entry, &each);
  return 0;
}

static uintptr_t heap_before;

void ls_blocks_tracing_begins(void) {
  if (!heap_before) heap_before = (uintptr_t)syscall(SYS_brk, 0L);
}

uintptr_t ls_blocks_heap_before(void) { return heap_before; }
