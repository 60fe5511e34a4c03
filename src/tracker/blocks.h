/* SPDX-License-Identifier: MIT */
/* The live blocks by address: all that are traced, or those of which an
   allocator tells (told.c). */
#ifndef LS_TRACKER_BLOCKS_H
#define LS_TRACKER_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

/* Calls visit(arg, block) for each, addresses going up.  As with a walk over
   sites, other threads may go on.  Context: runner. */
void ls_blocks_walk(void (*visit)(void *arg, uintptr_t block), void *arg);

struct ls_live_block {
  uintptr_t begin;
  size_t size; /* as asked for */
  uint32_t site;
  uint32_t birth; /* see ls_birth_epoch */
};

/* Calls visit(arg, block) for each block of glibc's, addresses going up.  0, or
   -ENOTSUP where another allocator is in front of it: the size of its blocks
   cannot be read.  Context: runner; no other thread may be allocating. */
int ls_blocks_each(void (*visit)(void *arg, const struct ls_live_block *block),
                   void *arg);

/* Where the heap ended when tracing began; 0: that is not known. */
uintptr_t ls_blocks_heap_before(void);
void ls_blocks_tracing_begins(void);

#endif
