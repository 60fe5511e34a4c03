/* SPDX-License-Identifier: MIT */
/*
 * An allocator as programs bring their own: it has the four functions that the
 * C standard asks for, and nothing else.  Each block begins a mapping behind a
 * page that nobody may touch, so whoever takes it for one of libc's and looks
 * at the word in front of it ends here.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, BLOCKS = 4096 };

static struct {
  unsigned char *at;
  size_t size, whole;
} blocks[BLOCKS];

static void foreign(const char *what) {
  (void)!write(1, what, strlen(what));
  abort();
}

static int number_of(const void *block) {
  for (int i = 0; i < BLOCKS; i++)
    if (blocks[i].at == block) return i;
  foreign("not a block of this allocator\n");
  return -1;
}

void *malloc(size_t size) {
  int i = 0;
  while (blocks[i].at)
    if (++i == BLOCKS) foreign("too many blocks\n");
  size_t whole = (size / PAGE + 2) * PAGE;
  unsigned char *pages = mmap(NULL, whole, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return NULL;
  (void)mprotect(pages, PAGE, PROT_NONE);
  blocks[i].at = pages + PAGE;
  blocks[i].size = size;
  blocks[i].whole = whole;
  return blocks[i].at;
}

void free(void *block) {
  if (!block) return;
  int i = number_of(block);
  blocks[i].at = NULL;
  munmap((unsigned char *)block - PAGE, blocks[i].whole);
}

void *calloc(size_t n, size_t size) { return malloc(n * size); }

void *realloc(void *block, size_t size) {
  void *fresh = malloc(size);
  if (!block || !fresh) return fresh;
  size_t old = blocks[number_of(block)].size;
  memcpy(fresh, block, old < size ? old : size);
  free(block);
  return fresh;
}
