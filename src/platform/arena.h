/* SPDX-License-Identifier: MIT */
/*
 * Memory of our own, taken from the kernel and from nobody else.
 *
 * An arena hands out zeroed, 16-byte aligned pieces and gives all of them back
 * at once.  It is what every layer uses instead of malloc, so that nothing of
 * ours appears in a count and nothing of ours disturbs the host's heap.
 *
 * Context: callable from inside an intercepted call (mmap only, no lock of
 * libc).  One arena is used by one thread at a time; the caller locks.
 */
#ifndef LS_PLATFORM_ARENA_H
#define LS_PLATFORM_ARENA_H

#include <stddef.h>

struct ls_arena_chunk;

/* All zero is an empty arena. */
struct ls_arena {
  struct ls_arena_chunk *chunk; /* the chunk in use, linked to older ones */
};

/* `size` zeroed bytes, or NULL when the kernel has none left. */
void *ls_arena_alloc(struct ls_arena *arena, size_t size);

/* A copy of `size` bytes at `data`; NULL when there is no memory. */
void *ls_arena_copy(struct ls_arena *arena, const void *data, size_t size);

/* A copy of a string (NULL gives NULL). */
char *ls_arena_string(struct ls_arena *arena, const char *string);

/* Gives everything back; the arena is empty and usable again. */
void ls_arena_release(struct ls_arena *arena);

/*
 * Pages straight from the kernel, zeroed, not reserved against overcommit and
 * left out of core dumps; NULL on failure.  `shared` pages stay common to the
 * process and the copies it forks.
 */
void *ls_pages_map(size_t size, int shared);
void ls_pages_unmap(void *pages, size_t size);

/* The same, and all of them there at once: for what is about to be filled. */
void *ls_pages_map_whole(size_t size);

/* The same, for good, and counted as resident: see below.  For tables that are
   filled in no order, of which each page would else come by itself, at several
   times the price. */
void *ls_pages_map_resident(size_t size);

/* Bytes of those; and counts more, of a part that is filled of what _map
   gave. */
size_t ls_pages_resident(void);
void ls_pages_count_resident(size_t size);

/*
 * Has pages of a mapping there that are about to be filled, which else come one
 * by one.  Only a wish.  Nothing once _no_advice was called: a filter of system
 * calls may end a process that asks the kernel for what the filter does not
 * know.
 */
void ls_pages_ahead(void *pages, size_t size);
void ls_pages_no_advice(void);
int ls_pages_may_advise(void);

/* Bytes now mapped by the two families above, in this process. */
size_t ls_pages_total(void);

#endif
