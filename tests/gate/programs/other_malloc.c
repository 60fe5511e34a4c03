/* SPDX-License-Identifier: MIT */
/* The least of an allocator: hands out and never takes back. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

void *malloc(size_t size);
void free(void *block);
void *calloc(size_t n, size_t size);
void *realloc(void *old, size_t size);

static _Alignas(16) char room[64 << 20];
static size_t used;

void *malloc(size_t size) {
  size_t need = (size + 31) & ~(size_t)15;
  if (need > sizeof room - used) return NULL;
  char *at = room + used;
  used += need;
  memcpy(at, &size, sizeof size);
  return at + 16;
}

void free(void *block) { (void)block; }

void *calloc(size_t n, size_t size) { return malloc(n * size); }

void *realloc(void *old, size_t size) {
  size_t before;
  void *block = malloc(size);
  if (!old || !block) return block;
  memcpy(&before, (char *)old - 16, sizeof before);
  return memcpy(block, old, before < size ? before : size);
}
