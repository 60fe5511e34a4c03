/* SPDX-License-Identifier: MIT */
#include "platform/arena.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/own_pages.h"

enum { CHUNK_SIZE = 64 * 1024, ALIGNMENT = 16 };

struct ls_arena_chunk {
  struct ls_arena_chunk *older;
  size_t size; /* of the mapping, this header included */
  size_t used; /* likewise */
  size_t pad;  /* keeps what follows 16-byte aligned */
};

static _Atomic size_t pages_total; /* bytes of mappings, as the kernel says */
static _Atomic size_t resident;    /* of them, for good */

static _Atomic int no_advice;

void ls_pages_no_advice(void) { atomic_store(&no_advice, 1); }

int ls_pages_may_advise(void) {
  return !atomic_load_explicit(&no_advice, memory_order_relaxed);
}

enum { PAGE = 4096 };

static size_t whole_pages(size_t size) {
  return (size + PAGE - 1) / PAGE * PAGE;
}

static void *map_anew(size_t size, int flags) {
  void *at = ls_own_pages_map(size, flags);
  if (!at) return NULL;
  if (ls_pages_may_advise())
    (void)syscall(SYS_madvise, at, size, MADV_DONTDUMP);
  atomic_fetch_add_explicit(&pages_total, size, memory_order_relaxed);
  return at;
}

static void *map(size_t size, int flags) {
  int saved = errno; /* the host's: we may be inside its call of malloc */
  void *pages = map_anew(size, flags);
  errno = saved;
  return pages;
}

static void unmap(void *pages, size_t size) {
  ls_own_pages_unmap(pages, size);
  atomic_fetch_sub_explicit(&pages_total, size, memory_order_relaxed);
}

/*
 * What a process needs at first lies in one mapping: each costs calls of the
 * kernel when it is made, and a part of each fork.  It is address space, of
 * which what is written is used.
 */
enum { FIRST_SIZE = 4 << 20, FIRST_MOST = 1 << 20 };

static struct {
  _Atomic uintptr_t begin; /* 0: not mapped yet, 1: there is none */
  _Atomic size_t used;
} first;

static uintptr_t first_pages(void) {
  uintptr_t begin = atomic_load(&first.begin);
  if (begin) return begin;
  void *fresh = map_anew(FIRST_SIZE, MAP_PRIVATE);
  uintptr_t mine = fresh ? (uintptr_t)fresh : 1;
  if (atomic_compare_exchange_strong(&first.begin, &begin, mine)) return mine;
  if (fresh) unmap(fresh, FIRST_SIZE);
  return begin;
}

/* A part of them; NULL where there is not enough left. */
static void *part_of_first(size_t size) {
  uintptr_t begin = first_pages();
  size_t used = atomic_load(&first.used);
  if (begin == 1) return NULL;
  do
    if (size > FIRST_SIZE - used) return NULL;
  while (!atomic_compare_exchange_weak(&first.used, &used, used + size));
  return (void *)(begin + used);
}

void *ls_pages_map(size_t size, int shared) {
  int saved = errno;
  size = whole_pages(size);
  void *part = shared || size > FIRST_MOST ? NULL : part_of_first(size);
  errno = saved;
  return part ? part : map(size, shared ? MAP_SHARED : MAP_PRIVATE);
}

void *ls_pages_map_whole(size_t size) {
  return map(whole_pages(size), MAP_PRIVATE | MAP_POPULATE);
}

void *ls_pages_map_resident(size_t size) {
  void *pages = ls_pages_map_whole(size);
  if (pages)
    atomic_fetch_add_explicit(&resident, whole_pages(size),
                              memory_order_relaxed);
  return pages;
}

size_t ls_pages_resident(void) {
  return atomic_load_explicit(&resident, memory_order_relaxed);
}

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14; only a wish before */
#endif

void ls_pages_ahead(void *pages, size_t size) {
  if (!ls_pages_may_advise()) return;
  int saved = errno;
  uintptr_t begin = (uintptr_t)pages / PAGE * PAGE;
  size_t whole = whole_pages((uintptr_t)pages + size - begin);
  (void)syscall(SYS_madvise, begin, whole, MADV_POPULATE_WRITE);
  errno = saved;
}

void ls_pages_unmap(void *pages, size_t size) {
  if (pages) unmap(pages, whole_pages(size));
}

size_t ls_pages_total(void) {
  return atomic_load_explicit(&pages_total, memory_order_relaxed);
}

/* One chunk is kept, zeroed, if little of it was used: who takes many small
   snapshots is not to pay the kernel for each. */
static _Atomic(struct ls_arena_chunk *) spare;

static int keep_spare(struct ls_arena_chunk *chunk) {
  enum { LITTLE = 4096 };
  struct ls_arena_chunk *none = NULL;
  if (chunk->size != CHUNK_SIZE || chunk->used > LITTLE || atomic_load(&spare))
    return 0;
  memset(chunk, 0, chunk->used);
  if (atomic_compare_exchange_strong(&spare, &none, chunk)) return 1;
  chunk->size = CHUNK_SIZE;
  return 0;
}

static struct ls_arena_chunk *chunk_new(size_t payload) {
  size_t size = sizeof(struct ls_arena_chunk) + payload;
  size = (size + CHUNK_SIZE - 1) / CHUNK_SIZE * CHUNK_SIZE;
  struct ls_arena_chunk *chunk = NULL;
  if (size == CHUNK_SIZE) chunk = atomic_exchange(&spare, NULL);
  if (!chunk) chunk = map(size, MAP_PRIVATE); /* it goes again */
  if (!chunk) return NULL;
  chunk->size = size;
  chunk->used = sizeof *chunk;
  return chunk;
}

void *ls_arena_alloc(struct ls_arena *arena, size_t size) {
  if (size > SIZE_MAX / 2) return NULL;
  size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  struct ls_arena_chunk *chunk = arena->chunk;
  if (!chunk || chunk->size - chunk->used < size) {
    chunk = chunk_new(size);
    if (!chunk) return NULL;
    chunk->older = arena->chunk;
    arena->chunk = chunk;
  }
  void *piece = (char *)chunk + chunk->used;
  chunk->used += size;
  return piece;
}

void *ls_arena_copy(struct ls_arena *arena, const void *data, size_t size) {
  void *copy = ls_arena_alloc(arena, size);
  if (copy && size) memcpy(copy, data, size);
  return copy;
}

char *ls_arena_string(struct ls_arena *arena, const char *string) {
  return string ? ls_arena_copy(arena, string, strlen(string) + 1) : NULL;
}

void ls_arena_release(struct ls_arena *arena) {
  struct ls_arena_chunk *chunk = arena->chunk;
  while (chunk) {
    struct ls_arena_chunk *older = chunk->older;
    if (!keep_spare(chunk)) unmap(chunk, chunk->size);
    chunk = older;
  }
  arena->chunk = NULL;
}
