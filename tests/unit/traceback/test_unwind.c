/* SPDX-License-Identifier: MIT */
/*
 * The traceback of an allocation, as interned, against libunwind asked in the
 * same function right after.
 * usage: test_unwind [allocations]
 */
#define UNW_LOCAL_ONLY
#include <libunwind.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chains.h"
#include "interpose/sink.h"
#include "platform/guard.h"
#include "tracker/tracker.h"

enum { FRAMES = 64 };

static struct { unsigned long allocations, frames, wrong, deepest; } seen;

static void show(const char *name, const uintptr_t *pcs, size_t n) {
  fprintf(stderr, "%s:", name);
  for (size_t i = 0; i < n; i++) fprintf(stderr, " %lx", (unsigned long)pcs[i]);
  fprintf(stderr, "\n");
}

static void compare(void *block, void *const *oracle, int n) {
  int before = ls_guard_enter();
  uintptr_t ours[FRAMES];
  size_t have = ls_tracker_path(ls_tracker_site_of(block), ours, FRAMES);
  size_t want = n < FRAMES ? (size_t)n : FRAMES;
  seen.allocations++;
  seen.frames += have;
  if (have > seen.deepest) seen.deepest = have;
  /* Frame 0 is this function's: two call sites, two addresses. */
  if (have != want || memcmp(ours + 1, oracle + 1, (have - 1) * sizeof *ours)) {
    if (seen.wrong++ < 3) {
      show("ours  ", ours, have);
      show("oracle", (const uintptr_t *)oracle, want);
    }
  }
  ls_guard_leave(before);
}

static __attribute__((noinline)) void probe(void) {
  void *oracle[FRAMES];
  void *volatile block = malloc(24);
  int n = unw_backtrace(oracle, FRAMES);
  compare(block, oracle, n);
  free(block);
}

int main(int argc, char **argv) {
  unsigned long wanted = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
  const char *cause = "";
  if (ls_tracker_start(FRAMES, &cause)) {
    fprintf(stderr, "not tracing: %s\n", cause);
    return 1;
  }
  /* 20,000 different chains, over and over: a trie of all that a million
     random ones make would be the test's own limit. */
  for (unsigned i = 0; seen.allocations < wanted; i++) {
    uint64_t seed = 20261122 + i % 20000 * 0x9e3779b97f4a7c15u;
    chains_run(&seed, 1 + (int)(i % 40), probe);
  }
  ls_tracker_stop();
  printf("%lu allocations, %lu frames, deepest %lu: %lu mismatches\n",
         seen.allocations, seen.frames, seen.deepest, seen.wrong);
  return seen.wrong || seen.deepest < 30;
}
