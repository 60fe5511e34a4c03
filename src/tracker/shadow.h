/* SPDX-License-Identifier: MIT */
/*
 * The map from a block's address to what is known of it.
 *
 *   address  47 ... 36 | 35 ... 24 | 23 ... 4 | 3 ... 0
 *             top        middle      cell       (in a 16-byte granule)
 *
 * A cell is 24 bits of site and 8 bits of slack (the allocator's usable size
 * minus the size asked for), so sizes are exact.  Beside each cell lies a word
 * for the block's birth.  A slack that does not fit is marked 255, and the
 * exact size then lies in the birth words of the block's next two granules:
 * such a block is at least 16 granules long.
 *
 * Leaves (8 MiB of address space each, touched as needed) come when first
 * written.  No lock: the thread that owns a block owns its cell.
 * Context: hook.
 */
#ifndef LS_TRACKER_SHADOW_H
#define LS_TRACKER_SHADOW_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
  LS_GRANULE_BITS = 4,
  LS_CELL_BITS = 20,
  LS_MIDDLE_BITS = 12,
  LS_TOP_BITS = 11,
  LS_CELLS = 1 << LS_CELL_BITS,
  LS_PAGE_CELLS = 1024, /* cells in a page of them */
  LS_SLACK_BITS = 8,
  LS_SLACK_ASIDE = 255 /* the size is kept aside, see above */
};

struct ls_shadow_leaf {
  uint32_t cells[LS_CELLS];
  uint32_t births[LS_CELLS];
  uint8_t touched[LS_CELLS / LS_PAGE_CELLS]; /* pages that a walk must read */
};

struct ls_shadow_middle {
  _Atomic(struct ls_shadow_leaf *) leaves[1 << LS_MIDDLE_BITS];
};

extern _Atomic(struct ls_shadow_middle *) ls_shadow_top[1 << LS_TOP_BITS]
    __attribute__((visibility("hidden")));

struct ls_shadow_entry {
  uint32_t site; /* 0: no block starts here */
  uint32_t birth;
  size_t size; /* as asked for */
};

/* The rare ways of _set and _take: a leaf that is not there yet, a size that
   is kept aside. */
int ls_shadow_set_slowly(uintptr_t block, struct ls_shadow_entry entry,
                         size_t usable);
size_t ls_shadow_size_aside(uintptr_t block);

/* The leaf of an address; NULL where there is none. */
static inline struct ls_shadow_leaf *ls_shadow_leaf_of(uintptr_t address) {
  uintptr_t at = address >> (LS_GRANULE_BITS + LS_CELL_BITS);
  if (__builtin_expect(at >> (LS_MIDDLE_BITS + LS_TOP_BITS) != 0, 0))
    return NULL;
  struct ls_shadow_middle *middle = atomic_load_explicit(
      &ls_shadow_top[at >> LS_MIDDLE_BITS], memory_order_acquire);
  if (__builtin_expect(!middle, 0)) return NULL;
  return atomic_load_explicit(&middle->leaves[at & ((1 << LS_MIDDLE_BITS) - 1)],
                              memory_order_acquire);
}

static inline size_t ls_shadow_cell_of(uintptr_t address) {
  return (address >> LS_GRANULE_BITS) & (LS_CELLS - 1);
}

/*
 * Allocators other than glibc's give blocks of 8 bytes, two in a granule.  The
 * second has its place where the address would be with its highest bit turned
 * over: no heap lies in both.
 */
static inline uintptr_t ls_shadow_place(uintptr_t block) {
  enum {
    HALF = LS_GRANULE_BITS - 1,
    HIGHEST = LS_GRANULE_BITS + LS_CELL_BITS + LS_MIDDLE_BITS + LS_TOP_BITS - 1
  };
  uintptr_t second = block >> HALF & 1;
  return block ^ (second << HIGHEST | second << HALF);
}

/* Records a block; 0 when there is no memory for its leaf. */
static inline int ls_shadow_set(uintptr_t block, struct ls_shadow_entry entry,
                                size_t usable) {
  block = ls_shadow_place(block);
  struct ls_shadow_leaf *leaf = ls_shadow_leaf_of(block);
  size_t slack = usable - entry.size;
  if (__builtin_expect(!leaf || slack >= LS_SLACK_ASIDE, 0))
    return ls_shadow_set_slowly(block, entry, usable);
  size_t at = ls_shadow_cell_of(block);
  leaf->touched[at / LS_PAGE_CELLS] = 1;
  leaf->births[at] = entry.birth;
  __atomic_store_n(&leaf->cells[at],
                   entry.site << LS_SLACK_BITS | (uint32_t)slack,
                   __ATOMIC_RELAXED);
  return 1;
}

static inline struct ls_shadow_entry ls_shadow_read(
    const struct ls_shadow_leaf *leaf, uintptr_t block, size_t usable) {
  size_t at = ls_shadow_cell_of(block);
  uint32_t cell = __atomic_load_n(&leaf->cells[at], __ATOMIC_RELAXED);
  struct ls_shadow_entry entry = {.site = cell >> LS_SLACK_BITS};
  if (!entry.site) return entry;
  uint32_t slack = cell & LS_SLACK_ASIDE;
  entry.birth = leaf->births[at];
  entry.size = __builtin_expect(slack == LS_SLACK_ASIDE, 0)
                   ? ls_shadow_size_aside(block)
                   : usable - slack;
  return entry;
}

/* What is known of the block at this address. */
struct ls_shadow_entry ls_shadow_get(uintptr_t block, size_t usable);

/* The same, and forgets it. */
static inline struct ls_shadow_entry ls_shadow_take(uintptr_t block,
                                                    size_t usable) {
  block = ls_shadow_place(block);
  struct ls_shadow_leaf *leaf = ls_shadow_leaf_of(block);
  if (__builtin_expect(!leaf, 0)) return (struct ls_shadow_entry){0};
  struct ls_shadow_entry entry = ls_shadow_read(leaf, block, usable);
  if (entry.site)
    __atomic_store_n(&leaf->cells[ls_shadow_cell_of(block)], 0,
                     __ATOMIC_RELAXED);
  return entry;
}

/*
 * Calls visit(arg, site, birth) for each block.  Other threads may go on: a
 * block that comes or goes meanwhile may be seen or not.  Context: runner.
 */
void ls_shadow_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                    void *arg);

/* Forgets all blocks.  No other thread may be allocating.  Context: runner. */
void ls_shadow_clear(void);

#endif
