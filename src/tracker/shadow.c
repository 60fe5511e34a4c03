/* SPDX-License-Identifier: MIT */
#include "tracker/shadow.h"

#include <stdatomic.h>
#include <string.h>

#include "platform/arena.h"

enum {
  GRANULE_BITS = 4,
  CELL_BITS = 20,
  MIDDLE_BITS = 12,
  TOP_BITS = 11,
  ADDRESS_BITS = GRANULE_BITS + CELL_BITS + MIDDLE_BITS + TOP_BITS,
  CELLS = 1 << CELL_BITS,
  PAGE_CELLS = 1024, /* cells in a page of them */
  CELL_PAGES = CELLS / PAGE_CELLS,
  SLACK_BITS = 8,
  SLACK_ASIDE = 255, /* the size is kept aside, see the header */
  BIG = 3 * (1 << GRANULE_BITS)
};

struct leaf {
  uint32_t cells[CELLS];
  uint32_t births[CELLS];
  uint8_t touched[CELL_PAGES]; /* which pages of cells a walk must read */
};

struct middle {
  _Atomic(struct leaf *) leaves[1 << MIDDLE_BITS];
};

static _Atomic(struct middle *) top[1 << TOP_BITS];

static struct leaf *leaf_of(uintptr_t address) {
  uintptr_t at = address >> (GRANULE_BITS + CELL_BITS);
  if (at >> (MIDDLE_BITS + TOP_BITS)) return NULL;
  struct middle *middle =
      atomic_load_explicit(&top[at >> MIDDLE_BITS], memory_order_acquire);
  if (!middle) return NULL;
  return atomic_load_explicit(&middle->leaves[at & ((1 << MIDDLE_BITS) - 1)],
                              memory_order_acquire);
}

/* Maps a table into *slot unless another thread was first. */
static void *fill(_Atomic(void *) *slot, size_t size) {
  void *table = atomic_load_explicit(slot, memory_order_acquire);
  if (table) return table;
  void *fresh = ls_pages_map(size, 0);
  if (!fresh) return NULL;
  if (atomic_compare_exchange_strong(slot, &table, fresh)) return fresh;
  ls_pages_unmap(fresh, size);
  return table;
}

static struct leaf *make_leaf(uintptr_t address) {
  uintptr_t at = address >> (GRANULE_BITS + CELL_BITS);
  if (at >> (MIDDLE_BITS + TOP_BITS)) return NULL;
  struct middle *middle =
      fill((_Atomic(void *) *)&top[at >> MIDDLE_BITS], sizeof(struct middle));
  if (!middle) return NULL;
  return fill((_Atomic(void *) *)&middle->leaves[at & ((1 << MIDDLE_BITS) - 1)],
              sizeof(struct leaf));
}

static size_t cell_of(uintptr_t address) {
  return (address >> GRANULE_BITS) & (CELLS - 1);
}

/* The word k granules into a big block: it may lie in the next leaf. */
static uint32_t *word_aside(uintptr_t block, unsigned k, int make) {
  uintptr_t address = block + ((uintptr_t)k << GRANULE_BITS);
  struct leaf *leaf = make ? make_leaf(address) : leaf_of(address);
  return leaf ? &leaf->births[cell_of(address)] : NULL;
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
  struct leaf *leaf = leaf_of(block);
  if (!leaf) leaf = make_leaf(block);
  if (!leaf) return 0;
  size_t slack = usable - entry.size;
  if (slack >= SLACK_ASIDE) {
    if (!put_size_aside(block, entry.size)) return 0;
    slack = SLACK_ASIDE;
  }
  size_t at = cell_of(block);
  leaf->touched[at / PAGE_CELLS] = 1;
  leaf->births[at] = entry.birth;
  __atomic_store_n(&leaf->cells[at], entry.site << SLACK_BITS | (uint32_t)slack,
                   __ATOMIC_RELAXED);
  return 1;
}

static struct ls_shadow_entry entry_at(const struct leaf *leaf, uintptr_t block,
                                       size_t usable) {
  size_t at = cell_of(block);
  uint32_t cell = __atomic_load_n(&leaf->cells[at], __ATOMIC_RELAXED);
  struct ls_shadow_entry entry = {.site = cell >> SLACK_BITS};
  if (!entry.site) return entry;
  uint32_t slack = cell & SLACK_ASIDE;
  entry.birth = leaf->births[at];
  entry.size = slack == SLACK_ASIDE ? size_aside(block) : usable - slack;
  return entry;
}

struct ls_shadow_entry ls_shadow_get(uintptr_t block, size_t usable) {
  const struct leaf *leaf = leaf_of(block);
  if (!leaf || block & ((1 << GRANULE_BITS) - 1))
    return (struct ls_shadow_entry){0};
  return entry_at(leaf, block, usable);
}

struct ls_shadow_entry ls_shadow_take(uintptr_t block, size_t usable) {
  struct leaf *leaf = leaf_of(block);
  if (!leaf) return (struct ls_shadow_entry){0};
  struct ls_shadow_entry entry = entry_at(leaf, block, usable);
  if (entry.site)
    __atomic_store_n(&leaf->cells[cell_of(block)], 0, __ATOMIC_RELAXED);
  return entry;
}

/* Calls each(leaf, arg) for the leaves there are. */
static void each_leaf(void (*each)(struct leaf *, void *), void *arg) {
  for (size_t i = 0; i < 1 << TOP_BITS; i++) {
    struct middle *middle = atomic_load(&top[i]);
    for (size_t j = 0; middle && j < 1 << MIDDLE_BITS; j++) {
      struct leaf *leaf = atomic_load(&middle->leaves[j]);
      if (leaf) each(leaf, arg);
    }
  }
}

struct walk {
  void (*visit)(void *arg, uint32_t site, uint32_t birth);
  void *arg;
};

static void walk_leaf(struct leaf *leaf, void *arg) {
  const struct walk *walk = arg;
  for (size_t page = 0; page < CELL_PAGES; page++) {
    if (!leaf->touched[page]) continue;
    for (size_t at = page * PAGE_CELLS; at < (page + 1) * PAGE_CELLS; at++) {
      uint32_t cell = __atomic_load_n(&leaf->cells[at], __ATOMIC_RELAXED);
      if (cell >> SLACK_BITS)
        walk->visit(walk->arg, cell >> SLACK_BITS, leaf->births[at]);
    }
  }
}

void ls_shadow_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                    void *arg) {
  struct walk walk = {visit, arg};
  each_leaf(walk_leaf, &walk);
}

static void clear_leaf(struct leaf *leaf, void *arg) {
  (void)arg;
  for (size_t page = 0; page < CELL_PAGES; page++) {
    if (!leaf->touched[page]) continue;
    memset(&leaf->cells[page * PAGE_CELLS], 0,
           PAGE_CELLS * sizeof leaf->cells[0]);
    leaf->touched[page] = 0;
  }
}

void ls_shadow_clear(void) { each_leaf(clear_leaf, NULL); }
