/* SPDX-License-Identifier: MIT */
/* Maps the address of a block to its site, size and birth. */
#include "tracker/shadow.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/arena.h"

_Atomic(struct ls_shadow_middle *) ls_shadow_top[1 << LS_TOP_BITS];

enum { CELLS_SIZE = 2 * LS_CELLS * sizeof(uint32_t) }; /* with the births */

static struct ls_shadow_middle *make_middle(
    _Atomic(struct ls_shadow_middle *) *slot) {
  struct ls_shadow_middle *middle =
      atomic_load_explicit(slot, memory_order_acquire);
  if (middle) return middle;
  struct ls_shadow_middle *fresh = ls_pages_map(sizeof *fresh, 0);
  if (!fresh) return NULL;
  if (atomic_compare_exchange_strong(slot, &middle, fresh)) return fresh;
  ls_pages_unmap(fresh, sizeof *fresh);
  return middle;
}

static struct ls_shadow_leaf *new_leaf(void) {
  struct ls_shadow_leaf *leaf = ls_pages_map(sizeof *leaf, 0);
  if (!leaf) return NULL;
  leaf->cells = ls_pages_map(CELLS_SIZE, 0);
  if (leaf->cells) return leaf;
  ls_pages_unmap(leaf, sizeof *leaf);
  return NULL;
}

/* Another thread may be first. */
static struct ls_shadow_leaf *fill(_Atomic(struct ls_shadow_leaf *) *slot) {
  struct ls_shadow_leaf *leaf =
      atomic_load_explicit(slot, memory_order_acquire);
  if (leaf) return leaf;
  struct ls_shadow_leaf *fresh = new_leaf();
  if (!fresh || atomic_compare_exchange_strong(slot, &leaf, fresh))
    return fresh;
  ls_pages_unmap(fresh->cells, CELLS_SIZE);
  ls_pages_unmap(fresh, sizeof *fresh);
  return leaf;
}

static struct ls_shadow_leaf *make_leaf(uintptr_t address) {
  uintptr_t at = address >> (LS_GRANULE_BITS + LS_CELL_BITS);
  if (at >> (LS_MIDDLE_BITS + LS_TOP_BITS)) return NULL;
  struct ls_shadow_middle *middle =
      make_middle(&ls_shadow_top[at >> LS_MIDDLE_BITS]);
  return middle ? fill(&middle->leaves[at & ((1 << LS_MIDDLE_BITS) - 1)])
                : NULL;
}

uint32_t ls_shadow_ready(struct ls_shadow_leaf *leaf, uintptr_t address) {
  enum {
    PAGE = LS_PAGE_CELLS << LS_GRANULE_BITS, /* addresses of a page of cells */
    PAGES = LS_CELLS / LS_PAGE_CELLS,
    NEAR = 2, /* pages: a heap that grows leaves no gap like that */
    MOST = 16
  };
  uint32_t page = (uint32_t)(ls_shadow_cell_of(address) / LS_PAGE_CELLS);
  uint32_t ready =
      atomic_load_explicit(&leaf->ready, memory_order_relaxed) / PAGE;
  if (page < ready) return ready * PAGE;
  uint32_t ahead = 0;
  if (ready && page - ready < NEAR) {
    ahead = 2 * atomic_load_explicit(&leaf->ahead, memory_order_relaxed) + 1;
    if (ahead > MOST) ahead = MOST;
    if (ahead > PAGES - 1 - page) ahead = PAGES - 1 - page;
    ls_pages_ahead(&leaf->cells[page * LS_PAGE_CELLS],
                   (size_t)(ahead + 1) * LS_PAGE_CELLS * sizeof leaf->cells[0]);
  }
  ready = (page + 1 + ahead) * PAGE;
  atomic_store_explicit(&leaf->ahead, ahead, memory_order_relaxed);
  atomic_store_explicit(&leaf->ready, ready, memory_order_relaxed);
  return ready;
}

/* The word k granules into a big block: it may lie in the next leaf. */
static uint32_t *word_aside(uintptr_t block, unsigned k, int make) {
  uintptr_t address = block + ((uintptr_t)k << LS_GRANULE_BITS);
  struct ls_shadow_leaf *leaf =
      make ? make_leaf(address) : ls_shadow_leaf_of(address);
  return leaf ? &leaf->cells[LS_CELLS + ls_shadow_cell_of(address)] : NULL;
}

static int put_size_aside(uintptr_t block, size_t size) {
  uint32_t *low = word_aside(block, 1, 1), *high = word_aside(block, 2, 1);
  if (!low || !high) return 0;
  *low = (uint32_t)size;
  *high = (uint32_t)(size >> 32);
  return 1;
}

static size_t size_aside(uintptr_t block) {
  const uint32_t *low = word_aside(block, 1, 0);
  const uint32_t *high = word_aside(block, 2, 0);
  return low && high ? *low | (size_t)*high << 32 : 0;
}

int ls_shadow_set(uintptr_t block, struct ls_shadow_entry entry,
                  size_t usable) {
  block = ls_shadow_place(block);
  struct ls_shadow_leaf *leaf = make_leaf(block);
  if (!leaf) return 0;
  size_t code = ls_shadow_code(entry.size, usable);
  /* A block that is counted with the big ones must not be taken for a usual
     one at its end. */
  if (code > LS_CODE_MOST || entry.size >= LS_SHADOW_BIG) {
    if (!put_size_aside(block, entry.size)) return 0;
    code = LS_CODE_ASIDE;
  }
  size_t at = ls_shadow_cell_of(block);
  if (entry.birth)
    ls_shadow_bear(&leaf->cells[at], &leaf->touched[at / LS_PAGE_CELLS],
                   entry.birth);
  ls_shadow_put(&leaf->cells[at], entry.site << LS_CODE_BITS | (uint32_t)code);
  return 1;
}

void ls_shadow_mark_told(uintptr_t block) {
  block = ls_shadow_place(block);
  struct ls_shadow_leaf *leaf = ls_shadow_leaf_of(block);
  if (leaf) leaf->told[ls_shadow_cell_of(block) / LS_PAGE_CELLS] = 1;
}

struct ls_shadow_entry ls_shadow_get(uintptr_t block, size_t usable) {
  struct ls_shadow_entry entry = {0};
  block = ls_shadow_place(block);
  const struct ls_shadow_leaf *leaf = ls_shadow_leaf_of(block);
  if (!leaf || block & ((1 << LS_GRANULE_BITS) - 1)) return entry;
  size_t at = ls_shadow_cell_of(block);
  uint32_t cell = __atomic_load_n(&leaf->cells[at], __ATOMIC_RELAXED);
  entry.site = cell >> LS_CODE_BITS;
  if (!entry.site) return entry;
  uint32_t code = cell & LS_CODE_MOST;
  entry.birth =
      ls_shadow_birth(&leaf->cells[at], &leaf->touched[at / LS_PAGE_CELLS]);
  entry.size =
      code == LS_CODE_ASIDE ? size_aside(block) : ls_shadow_size(code, usable);
  return entry;
}

struct ls_shadow_entry ls_shadow_take(uintptr_t block, size_t usable) {
  struct ls_shadow_entry entry = ls_shadow_get(block, usable);
  if (!entry.site) return entry;
  block = ls_shadow_place(block);
  uint32_t *cell = &ls_shadow_leaf_of(block)->cells[ls_shadow_cell_of(block)];
  uint32_t code = __atomic_load_n(cell, __ATOMIC_RELAXED) & LS_CODE_MOST;
  /* No block that starts there later is to be born at such a time. */
  if (code == LS_CODE_ASIDE) (void)put_size_aside(block, 0);
  __atomic_store_n(cell, 0, __ATOMIC_RELAXED);
  return entry;
}

/* Calls each(leaf, arg) for the leaves there are. */
static void each_leaf(void (*each)(struct ls_shadow_leaf *, void *),
                      void *arg) {
  for (size_t i = 0; i < 1 << LS_TOP_BITS; i++) {
    struct ls_shadow_middle *middle = atomic_load(&ls_shadow_top[i]);
    for (size_t j = 0; middle && j < 1 << LS_MIDDLE_BITS; j++) {
      struct ls_shadow_leaf *leaf = atomic_load(&middle->leaves[j]);
      if (leaf) each(leaf, arg);
    }
  }
}

struct walk {
  void (*visit)(void *arg, uint32_t site, uint32_t birth);
  void *arg;
};

static void walk_leaf(struct ls_shadow_leaf *leaf, void *arg) {
  const struct walk *walk = arg;
  for (size_t page = 0; page < LS_CELLS / LS_PAGE_CELLS; page++) {
    if (!leaf->touched[page]) continue;
    size_t end = (page + 1) * LS_PAGE_CELLS;
    for (size_t at = page * LS_PAGE_CELLS; at < end; at++) {
      uint32_t cell = __atomic_load_n(&leaf->cells[at], __ATOMIC_RELAXED);
      uint32_t birth = leaf->cells[LS_CELLS + at];
      if (cell >> LS_CODE_BITS && birth)
        walk->visit(walk->arg, cell >> LS_CODE_BITS, birth);
    }
  }
}

void ls_shadow_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                    void *arg) {
  struct walk walk = {visit, arg};
  each_leaf(walk_leaf, &walk);
}

/* ---- by address ---------------------------------------------------------- */

struct each {
  void (*visit)(void *arg, uintptr_t block, struct ls_shadow_entry entry,
                size_t code);
  void *arg;
};

static void visit_cell(const struct each *each,
                       const struct ls_shadow_leaf *leaf, uintptr_t begin,
                       size_t at) {
  uint32_t cell = __atomic_load_n(&leaf->cells[at], __ATOMIC_RELAXED);
  uint32_t code = cell & LS_CODE_MOST;
  uintptr_t block = begin + ((uintptr_t)at << LS_GRANULE_BITS);
  struct ls_shadow_entry entry = {
      .site = cell >> LS_CODE_BITS,
      .birth =
          ls_shadow_birth(&leaf->cells[at], &leaf->touched[at / LS_PAGE_CELLS]),
      .size = code == LS_CODE_ASIDE ? size_aside(block) : 0};
  if (entry.site) each->visit(each->arg, block, entry, code);
}

void ls_shadow_each(void (*visit)(void *arg, uintptr_t block,
                                  struct ls_shadow_entry entry, size_t code),
                    void *arg) {
  const struct each each = {visit, arg};
  for (uintptr_t i = 0; i < 1 << LS_TOP_BITS; i++) {
    struct ls_shadow_middle *middle = atomic_load(&ls_shadow_top[i]);
    for (uintptr_t j = 0; middle && j < 1 << LS_MIDDLE_BITS; j++) {
      const struct ls_shadow_leaf *leaf = atomic_load(&middle->leaves[j]);
      uintptr_t begin = (i << LS_MIDDLE_BITS | j)
                        << (LS_GRANULE_BITS + LS_CELL_BITS);
      for (size_t at = 0; leaf && at < LS_CELLS; at++)
        if (leaf->cells[at]) visit_cell(&each, leaf, begin, at);
    }
  }
}

/* The kernel takes the pages back: they are zero when they are touched again.
   As a system call: madvise(3) could be another's. */
static void clear_leaf(struct ls_shadow_leaf *leaf, void *arg) {
  (void)arg;
  (void)syscall(SYS_madvise, leaf->cells, CELLS_SIZE, MADV_DONTNEED);
  memset(leaf->touched, 0, sizeof leaf->touched);
  memset(leaf->told, 0, sizeof leaf->told);
  atomic_store(&leaf->ready, 0);
  atomic_store(&leaf->ahead, 0);
}

void ls_shadow_clear(void) { each_leaf(clear_leaf, NULL); }
