/* SPDX-License-Identifier: MIT */
/* The live blocks by address, where an allocator tells of them (told.c). */
#ifndef LS_TRACKER_BLOCKS_H
#define LS_TRACKER_BLOCKS_H

#include <stdint.h>

/* Calls visit(arg, block) for each, addresses going up.  As with a walk over
   sites, other threads may go on.  Context: runner. */
void ls_blocks_walk(void (*visit)(void *arg, uintptr_t block), void *arg);

#endif
