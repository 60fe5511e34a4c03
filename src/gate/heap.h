/* SPDX-License-Identifier: MIT */
/*
 * Memory for what the layer notes, and the program's allocator where the
 * layer has to do with it.
 *
 * The layer's own memory are pages from the kernel: the program's allocator may
 * be a mock or fail on purpose, the tracer counts what malloc gives out, and
 * Valgrind would list what is still reachable at the end.
 */
#ifndef LS_GATE_HEAP_H
#define LS_GATE_HEAP_H

#include <stddef.h>

/* `size` zeroed bytes; NULL without memory. */
void *lsg_heap_new(size_t size);
/* The block with room for `size` bytes, what is new of it not zeroed; NULL
   without memory, and the block then stays.  `block` may be NULL. */
void *lsg_heap_resize(void *block, size_t size);
char *lsg_heap_text(const char *text);
void lsg_heap_free(void *block); /* NULL: nothing */

/* The program's own, behind what --wrap puts in their place. */
void *lsg_program_malloc(size_t size);
void lsg_program_free(void *block);

/* A zeroed array that the program frees. */
void *lsg_program_array(size_t n, size_t size);

#endif
