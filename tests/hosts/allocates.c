/* SPDX-License-Identifier: MIT */
/* A program that uses the whole family of malloc that it finds, and says what
   it got; and whether the tracer, where it sees the blocks, has their sizes. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void leakslope_get_traced_memory(size_t *current, size_t *peak)
    __attribute__((weak));

static size_t traced(void) {
  size_t now = 0;
  if (leakslope_get_traced_memory) leakslope_get_traced_memory(&now, NULL);
  return now;
}

/* Some programs keep them in tables: their addresses are asked for. */
static void *(*volatile get)(size_t) = malloc;
static void *(*volatile again)(void *, size_t) = realloc;
static void *(*volatile array)(void *, size_t, size_t) = reallocarray;
static void (*volatile put)(void *) = free;

static void resizes(void) {
  char *text = get(10);
  strcpy(text, "hello");
  text = array(text, 10, 100);
  text = again(text, 5000);
  text = reallocarray(text, 3, 7);
  puts(text);
  put(text);
  text = reallocarray(NULL, 4, 4);
  strcpy(text, "fresh");
  puts(text);
  free(text);
  text = get(8);
  printf("too much: %d\n", array(text, SIZE_MAX, 2) == NULL);
  put(text);
}

/* C23's, which few libraries have. */
static void sized(void) {
  void (*with_size)(void *, size_t), (*aligned)(void *, size_t, size_t);
  *(void **)(void *)&with_size = dlsym(RTLD_DEFAULT, "free_sized");
  *(void **)(void *)&aligned = dlsym(RTLD_DEFAULT, "free_aligned_sized");
  for (size_t size = 1; size < 3000; size = size * 3 + 1) {
    void *block = get(size);
    if (with_size)
      with_size(block, size);
    else
      put(block);
    block = get(size);
    if (aligned)
      aligned(block, 16, size);
    else
      put(block);
  }
  if (with_size) with_size(NULL, 0);
  if (aligned) aligned(NULL, 16, 0);
  puts("sized");
}

static void counts(void) {
  enum { MOST = 700 };
  static void *volatile blocks[MOST];
  size_t before = traced(), sum = 0;
  for (size_t size = 0; size < MOST; size++) {
    blocks[size] = size % 3 ? get(size) : calloc(1, size);
    sum += size;
  }
  size_t all = traced() - before;
  for (size_t size = 0; size < MOST; size++)
    blocks[size] = again(blocks[size], 2 * size + 1);
  size_t twice = traced() - before;
  for (size_t size = 0; size < MOST; size++) put(blocks[size]);
  if (all && (all != sum || twice != 2 * sum + MOST || traced() != before))
    printf("traced: %zu of %zu, %zu of %zu, then %zu of %zu\n", all, sum, twice,
           2 * sum + MOST, traced(), before);
}

int main(void) {
  resizes();
  sized();
  counts();
  puts("done");
  return 0;
}
