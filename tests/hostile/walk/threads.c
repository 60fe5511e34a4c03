/* SPDX-License-Identifier: MIT */
/*
 * Thousands of threads that live at once: what each costs in memory, beside
 * what it costs untraced.
 * usage: threads THREADS STACKS; prints its resident KiB
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned stacks;
static pthread_barrier_t barrier;

static __attribute__((noinline)) void *deep(int depth, unsigned bits) {
  void *block;
  if (!depth)
    block = malloc(16);
  else if (bits & 1)
    block = deep(depth - 1, bits >> 1);
  else
    block = deep(depth - 1, bits >> 1);
  __asm__ volatile("" : "+r"(block));
  return block;
}

static void *run(void *arg) {
  for (unsigned i = 0; i < stacks; i++) free(deep(10, i));
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  return arg;
}

static long resident(void) {
  long all = 0, here = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file || fscanf(file, "%ld %ld", &all, &here) != 2) return 0;
  fclose(file);
  return here * (sysconf(_SC_PAGESIZE) / 1024);
}

int main(int argc, char **argv) {
  enum { STACK = 65536 };
  unsigned n = argc > 1 ? (unsigned)atoi(argv[1]) : 1000;
  stacks = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
  pthread_t *threads = malloc(n * sizeof *threads);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK);
  pthread_barrier_init(&barrier, NULL, n + 1);
  for (unsigned i = 0; i < n; i++)
    if (pthread_create(&threads[i], &attributes, run, NULL)) {
      puts("skipped: so many threads cannot be made");
      return 0;
    }
  pthread_barrier_wait(&barrier);
  printf("%ld\n", resident());
  pthread_barrier_wait(&barrier);
  for (unsigned i = 0; i < n; i++) pthread_join(threads[i], NULL);
  free(threads);
  return 0;
}
