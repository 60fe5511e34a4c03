/* SPDX-License-Identifier: MIT */
/*
 * The map from a block's address to what is known of it.
 *
 *   address  47 ... 36 | 35 ... 24 | 23 ... 4 | 3 ... 0
 *             top        middle      cell       (in a 16-byte granule)
 *
 * A cell is 24 bits of site and an 8-bit code for the size: one more than the
 * slack (the allocator's usable size minus the size asked for), so sizes are
 * exact.  The code is 0 where the slack does not fit and for big blocks; the
 * exact size then lies in the birth words of the block's next two granules:
 * such a block is at least 16 granules long.  A cell is 0 where there is no
 * block, so the code alone says that a block is of the usual kind.
 *
 * Beside the cells lie words for the births of blocks.  They are written only
 * while something is measured, so that otherwise no memory is needed for them:
 * a block from before may have an older birth, of a block that was there.
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
  LS_HALF_BITS = LS_GRANULE_BITS - 1,
  LS_CELL_BITS = 20,
  LS_MIDDLE_BITS = 12,
  LS_TOP_BITS = 11,
  LS_CELLS = 1 << LS_CELL_BITS,
  LS_PAGE_CELLS = 1024, /* cells in a page of them */
  LS_CODE_BITS = 8,
  LS_CODE_ASIDE = 0,      /* the size is kept aside, see above */
  LS_CODE_MOST = 255,     /* and the bits of a code */
  LS_SHADOW_BIG = 1 << 20 /* bytes, from which it is so in any case */
};

/* Apart from its cells: a fork copies a table of the kernel's for each 2 MiB in
   which a process has written, and this lies among other things of ours. */
struct ls_shadow_leaf {
  uint32_t *cells; /* LS_CELLS, and behind them as many words of births */
  uint8_t
      touched[LS_CELLS / LS_PAGE_CELLS];  /* pages in which there are births */
  uint8_t told[LS_CELLS / LS_PAGE_CELLS]; /* ... or blocks that were told */
  _Atomic uint32_t ready; /* bytes of its addresses, see ls_shadow_ready */
  _Atomic uint32_t ahead; /* pages that were made in advance the last time */
};

struct ls_shadow_middle {
  _Atomic(struct ls_shadow_leaf *) leaves[1 << LS_MIDDLE_BITS];
};

extern _Atomic(struct ls_shadow_middle *) ls_shadow_top[1 << LS_TOP_BITS]
    __attribute__((visibility("hidden")));

struct ls_shadow_entry {
  uint32_t site;  /* 0: no block starts here */
  uint32_t birth; /* 0: none was asked for, or none is to be noted */
  size_t size;    /* as asked for */
};

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

/* 1 for a block that begins in the middle of a granule. */
static inline uintptr_t ls_shadow_is_second(uintptr_t block) {
  return block >> LS_HALF_BITS & 1;
}

/* 1 for one that does not begin with a granule. */
static inline int ls_shadow_is_odd(uintptr_t block) {
  return (block & ((1 << LS_GRANULE_BITS) - 1)) != 0;
}

/*
 * Allocators other than glibc's give blocks of 8 bytes, two in a granule.  The
 * second has its place where the address would be with its highest bit turned
 * over: no heap lies in both.
 */
static inline uintptr_t ls_shadow_place(uintptr_t block) {
  enum {
    HIGHEST = LS_GRANULE_BITS + LS_CELL_BITS + LS_MIDDLE_BITS + LS_TOP_BITS - 1
  };
  uintptr_t second = ls_shadow_is_second(block);
  return block ^ (second << HIGHEST | second << LS_HALF_BITS);
}

/* The code of a size, and the size; one that is more than LS_CODE_MOST does not
   fit. */
static inline size_t ls_shadow_code(size_t size, size_t usable) {
  return usable + 1 - size;
}
static inline size_t ls_shadow_size(size_t code, size_t usable) {
  return usable + 1 - code;
}
static inline size_t ls_shadow_usable(size_t size, size_t code) {
  return size + code - 1;
}

/*
 * How many bytes of a leaf's addresses, from its first one, have their pages of
 * cells; asked for when a block lies beyond, of so many usable bytes.  Where a
 * heap grows upward the next pages are made in advance, more each time: that
 * costs half of what it does if each is found missing when it is written to.
 */
uint32_t ls_shadow_ready(struct ls_shadow_leaf *leaf, uintptr_t address);

static inline void ls_shadow_put(uint32_t *cell, uint32_t site_and_code) {
  __atomic_store_n(cell, site_and_code, __ATOMIC_RELAXED);
}

/* The birth of a block by its cell, and by the byte that says whether there are
   births in that page. */
static inline void ls_shadow_bear(uint32_t *cell, uint8_t *touched,
                                  uint32_t birth) {
  cell[LS_CELLS] = birth;
  *touched = 1;
}

static inline uint32_t ls_shadow_birth(const uint32_t *cell,
                                       const uint8_t *touched) {
  return *touched ? cell[LS_CELLS] : 0;
}

/* Records a block; 0 when there is no memory for its leaf. */
int ls_shadow_set(uintptr_t block, struct ls_shadow_entry entry, size_t usable);

/* A block that was recorded is among those that blocks.h walks over. */
void ls_shadow_mark_told(uintptr_t block);

/* What is known of the block at this address. */
struct ls_shadow_entry ls_shadow_get(uintptr_t block, size_t usable);

/* The same, and forgets it. */
struct ls_shadow_entry ls_shadow_take(uintptr_t block, size_t usable);

/*
 * Calls visit(arg, site, birth) for each block that was born in an epoch.
 * Other threads may go on: a block that comes or goes meanwhile may be seen or
 * not.  Context: runner.
 */
void ls_shadow_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                    void *arg);

/* Calls visit(arg, block, entry, code) for each block, addresses going up; the
   size is 0 where it follows from the code and the usable size.  Blocks that
   begin in the middle of a granule are left out.  Context: runner. */
void ls_shadow_each(void (*visit)(void *arg, uintptr_t block,
                                  struct ls_shadow_entry entry, size_t code),
                    void *arg);

/* Forgets all blocks.  No other thread may be allocating.  Context: runner. */
void ls_shadow_clear(void);

#endif
