/* SPDX-License-Identifier: MIT */
/* Maps pages for our own use, and hands out pieces of them. */
#include "platform/arena.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform/own_pages.h"
#include "platform/together.h"

enum { CHUNK_SIZE = 64 * 1024, ALIGNMENT = 16 };

struct ls_arena_chunk {
  struct ls_arena_chunk *older;
  size_t size; /* of the mapping, this header included */
  size_t used; /* likewise */
  size_t pad;  /* keeps what follows 16-byte aligned */
};

static _Atomic size_t pages_total
    LS_TOGETHER; /* bytes of mappings, as the kernel says */
static _Atomic size_t resident LS_TOGETHER; /* of them, for good */

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
 * Small pieces lie in common mappings: each mapping costs calls of the kernel
 * when it is made, and a part of each fork, and a process may have only so
 * many.  A mapping is address space, of which what is written is used.
 */
enum { POOL_SIZE = 4 << 20, PIECE_MOST = 1 << 20, POOL_HEADER = 64 };

struct pool {
  _Atomic size_t used;
};

static _Atomic(struct pool *) newest_pool LS_TOGETHER;

/* A pool in place of one that has no room; NULL when there is no memory. */
static struct pool *another_pool(struct pool *full) {
  struct pool *fresh = map_anew(POOL_SIZE, MAP_PRIVATE), *now = full;
  if (!fresh) return NULL;
  atomic_store(&fresh->used, POOL_HEADER);
  if (atomic_compare_exchange_strong(&newest_pool, &now, fresh)) return fresh;
  unmap(fresh, POOL_SIZE);
  return now;
}

/* A part of whole pages; NULL where there is not enough left. */
static void *part_of(struct pool *pool, size_t size) {
  size_t used = atomic_load(&pool->used), begin;
  do {
    begin = whole_pages(used);
    if (begin > POOL_SIZE || size > POOL_SIZE - begin) return NULL;
  } while (!atomic_compare_exchange_weak(&pool->used, &used, begin + size));
  return (char *)pool + begin;
}

static void *part_of_a_pool(size_t size) {
  struct pool *pool = atomic_load(&newest_pool);
  for (;;) {
    void *part = pool ? part_of(pool, size) : NULL;
    if (part) return part;
    pool = another_pool(pool);
    if (!pool) return NULL;
  }
}

void *ls_pages_map(size_t size, int shared) {
  int saved = errno;
  size = whole_pages(size);
  void *part = shared || size > PIECE_MOST ? NULL : part_of_a_pool(size);
  errno = saved;
  return part ? part : map(size, shared ? MAP_SHARED : MAP_PRIVATE);
}

void *ls_pages_map_whole(size_t size) {
  return map(whole_pages(size), MAP_PRIVATE | MAP_POPULATE);
}

void ls_pages_count_resident(size_t size) {
  atomic_fetch_add_explicit(&resident, whole_pages(size), memory_order_relaxed);
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

/* Of a pool where it is small: each mapping is a part of each fork. */
void *ls_pages_map_resident(size_t size) {
  int is_small = size <= PIECE_MOST / 4;
  void *pages = is_small ? ls_pages_map(size, 0) : ls_pages_map_whole(size);
  if (!pages) return NULL;
  if (is_small) ls_pages_ahead(pages, size);
  ls_pages_count_resident(size);
  return pages;
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
