/* SPDX-License-Identifier: MIT */
/*
 * What grows with the number of call paths: snapshots, boundaries, judgement.
 *
 * usage: sites snapshot BLOCKS SITES   ns of a snapshot, the least of 200
 *        sites boundary SITES TOUCHED  ns of a pass that touches so many of
 *                                      them; of the end of an iteration: the
 *                                      median, and the last, with the verdict
 *        sites clean SITES             ns of a measurement with the default
 *                                      plan, of a pass without it; iterations
 *        sites pass SITES              ns of a pass, for a run without tracing
 *
 * A path is a number: at each of 17 levels a bit of it says which of two
 * functions is called, the highest one in the outermost.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "leakslope.h"

enum { LEVELS = 17, TIMES = 200, MOST = 1 << 12 };

static void *volatile kept;
static void **blocks;
static size_t at;

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int left(unsigned path, int levels);
static int right(unsigned path, int levels);

static __attribute__((noinline)) int step(unsigned path, int levels) {
  if (!levels) {
    kept = malloc(16 + path % 64);
    if (blocks)
      blocks[at++] = kept;
    else
      free(kept);
    return 1;
  }
  levels--;
  int n = path >> levels & 1 ? left(path, levels) : right(path, levels);
  __asm__ volatile("" : "+r"(n));
  return n;
}

static __attribute__((noinline)) int left(unsigned path, int levels) {
  int n = step(path, levels);
  __asm__ volatile("nop" : "+r"(n));
  return n;
}

static __attribute__((noinline)) int right(unsigned path, int levels) {
  int n = step(path, levels);
  __asm__ volatile("" : "+r"(n));
  return n;
}

static void pass(unsigned sites) {
  for (unsigned i = 0; i < sites; i++) (void)step(i, LEVELS);
}

static uint64_t time_of_pass(unsigned sites) {
  uint64_t best = UINT64_MAX;
  for (int i = 0; i < 15; i++) {
    uint64_t begin = now();
    pass(sites);
    uint64_t took = now() - begin;
    if (i && took < best) best = took;
  }
  return best;
}

static int snapshot(size_t n, unsigned sites) {
  blocks = calloc(n, sizeof *blocks);
  for (size_t i = 0; i < n; i++) (void)step((unsigned)(i % sites), LEVELS);
  uint64_t best = UINT64_MAX;
  for (int i = 0; i < TIMES; i++) {
    uint64_t begin = now();
    struct leakslope_snapshot *taken = leakslope_take_snapshot();
    uint64_t took = now() - begin;
    leakslope_snapshot_free(taken);
    if (took < best) best = took;
  }
  printf("%lu\n", (unsigned long)best);
  return 0;
}

static int by_size(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

static int boundary(unsigned sites, unsigned touched) {
  struct leakslope_plan plan;
  struct leakslope_measurement *m;
  static uint64_t took[MOST];
  size_t n = 0;
  leakslope_plan_init(&plan);
  plan.iterations = 251;
  pass(sites);
  uint64_t alone = time_of_pass(touched);
  if (leakslope_measure_begin(&plan, &m)) return 1;
  for (;;) {
    uint64_t begin = now();
    int more = leakslope_measure_iteration(m);
    took[n++ % MOST] = now() - begin;
    if (more <= 0) break;
    pass(touched);
  }
  struct leakslope_report *report;
  uint64_t begin = now();
  if (leakslope_measure_end(m, &report)) return 1;
  uint64_t last = took[n - 1] + (now() - begin);
  leakslope_report_free(report);
  /* not the first ones: they make the tables */
  size_t skip = (size_t)plan.warmup + 4;
  qsort(took + skip, n - 1 - skip, sizeof took[0], by_size);
  printf("%lu %lu %lu\n", (unsigned long)alone,
         (unsigned long)took[skip + (n - 1 - skip) / 2], (unsigned long)last);
  return 0;
}

static void operation(void *sites) { pass(*(unsigned *)sites); }

static int clean(unsigned sites) {
  struct leakslope_report *report;
  uint64_t alone = time_of_pass(sites), begin = now();
  if (leakslope_measure(operation, &sites, NULL, &report)) return 1;
  uint64_t took = now() - begin;
  printf("%lu %lu %u\n", (unsigned long)took, (unsigned long)alone,
         leakslope_report_iterations(report));
  leakslope_report_free(report);
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  unsigned long first = strtoul(argv[2], NULL, 10);
  unsigned long second = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
  if (!strcmp(argv[1], "snapshot")) return snapshot(first, (unsigned)second);
  if (!strcmp(argv[1], "boundary"))
    return boundary((unsigned)first, (unsigned)second);
  if (!strcmp(argv[1], "clean")) return clean((unsigned)first);
  printf("%lu\n", (unsigned long)time_of_pass((unsigned)first));
  return 0;
}
