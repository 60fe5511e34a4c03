/* SPDX-License-Identifier: MIT */
/* Hands out the layer's memory from pages of its own, in sizes of powers of
   two, and calls the program's allocator where that is meant. */
#include "gate/heap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* ---- the layer's own ----------------------------------------------------- */

enum { LEAST = 5, SIZES = 40, CHUNK = 64 << 10 };

/* In front of each block. */
union head {
  unsigned size;      /* of a block in use: its power of two */
  union head *next;   /* of a free one */
  max_align_t aligns; /* what is behind it */
};

static struct {
  union head *free[SIZES];
  char *at; /* what is left of the latest chunk */
  size_t left;
} heap;

static unsigned power_for(size_t size) {
  unsigned power = LEAST;
  while (power < SIZES && ((size_t)1 << power) < size + sizeof(union head))
    power++;
  return power;
}

static void *pages(size_t size) {
  void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return at == MAP_FAILED ? NULL : at;
}

/* What is left of a chunk that is too small is given up. */
static union head *cut(unsigned power) {
  size_t size = (size_t)1 << power;
  if (size >= CHUNK) return pages(size);
  if (heap.left < size) {
    heap.at = pages(CHUNK);
    heap.left = heap.at ? CHUNK : 0;
    if (!heap.at) return NULL;
  }
  union head *block = (union head *)(void *)heap.at;
  heap.at += size;
  heap.left -= size;
  return block;
}

void *lsg_heap_new(size_t size) {
  unsigned power = power_for(size);
  if (power == SIZES) return NULL;
  union head *block = heap.free[power];
  if (block)
    heap.free[power] = block->next;
  else
    block = cut(power);
  if (!block) return NULL;
  block->size = power;
  return memset(block + 1, 0, size);
}

void lsg_heap_free(void *pointer) {
  if (!pointer) return;
  union head *block = (union head *)pointer - 1;
  unsigned power = block->size;
  block->next = heap.free[power];
  heap.free[power] = block;
}

void *lsg_heap_resize(void *pointer, size_t size) {
  if (!pointer) return lsg_heap_new(size);
  size_t room = ((size_t)1 << ((union head *)pointer - 1)->size);
  room -= sizeof(union head);
  if (size <= room) return pointer;
  void *larger = lsg_heap_new(size);
  if (!larger) return NULL;
  memcpy(larger, pointer, room);
  lsg_heap_free(pointer);
  return larger;
}

char *lsg_heap_text(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = lsg_heap_new(size);
  return copy ? memcpy(copy, text, size) : NULL;
}

/* ---- the program's ------------------------------------------------------- */

/* With --wrap=malloc the linker sends a call of malloc() to the program's
   __wrap_malloc(), and of __real_malloc() to malloc(); else there is none. */
extern void *__real_malloc(size_t size) __attribute__((weak));
extern void *__real_calloc(size_t n, size_t size) __attribute__((weak));
extern void __real_free(void *block) __attribute__((weak));

void *lsg_program_malloc(size_t size) {
  return __real_malloc ? __real_malloc(size) : malloc(size);
}

void lsg_program_free(void *block) {
  if (__real_free)
    __real_free(block);
  else
    free(block);
}

void *lsg_program_array(size_t n, size_t size) {
  return __real_calloc ? __real_calloc(n, size) : calloc(n, size);
}
