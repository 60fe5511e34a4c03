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

#include <stddef.h>
#include <stdint.h>

struct ls_shadow_entry {
  uint32_t site; /* 0: no block starts here */
  uint32_t birth;
  size_t size; /* as asked for */
};

/* Records a block; 0 when there is no memory for its leaf. */
int ls_shadow_set(uintptr_t block, struct ls_shadow_entry entry, size_t usable);

/* What is known of the block at this address. */
struct ls_shadow_entry ls_shadow_get(uintptr_t block, size_t usable);

/* The same, and forgets it. */
struct ls_shadow_entry ls_shadow_take(uintptr_t block, size_t usable);

/*
 * Calls visit(arg, site, birth) for each block.  Other threads may go on: a
 * block that comes or goes meanwhile may be seen or not.  Context: runner.
 */
void ls_shadow_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                    void *arg);

/* Forgets all blocks.  No other thread may be allocating.  Context: runner. */
void ls_shadow_clear(void);

#endif
