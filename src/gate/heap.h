/* SPDX-License-Identifier: MIT */
/*
 * Memory for what the layer notes, and the program's allocator where the
 * layer has to do with it.
 *
 * The layer's own memory are pages from the kernel: the program's allocator may
 * be a mock or fail on purpose, the tracer counts what malloc gives out, and
 * Valgrind would list what is still reachable at the end.
 */
#ifndef CHECK_EXT_HEAP_H
#define CHECK_EXT_HEAP_H

#include <stddef.h>

/* `size` zeroed bytes; NULL without memory. */
void *ck_heap_new(size_t size);
/* The block with room for `size` bytes, what is new of it not zeroed; NULL
   without memory, and the block then stays.  `block` may be NULL. */
void *ck_heap_resize(void *block, size_t size);
char *ck_heap_text(const char *text);
void ck_heap_free(void *block); /* NULL: nothing */

/* The program's own, behind what --wrap puts in their place. */
void *ck_program_malloc(size_t size);
void ck_program_free(void *block);

/* A zeroed array that the program frees. */
void *ck_program_array(size_t n, size_t size);

/* Frees what a function of Check's has allocated. */
void ck_free_of_check(void *block);

#endif
