/* SPDX-License-Identifier: MIT */
#include "chains.h"

#include <alloca.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct {
  uint64_t *seed;
  void (*probe)(void);
} chains;

static unsigned draw(void) { /* xorshift64* */
  uint64_t x = *chains.seed;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  *chains.seed = x;
  return (unsigned)((x * 0x2545f4914f6cdd1du) >> 33);
}

/* Keeps a value alive and unknown to the optimiser. */
static void sink(volatile void *value) { __asm__ volatile("" ::"r"(value)); }

static int next(int depth);

#define KIND __attribute__((noinline)) static int

KIND plain(int depth) { return next(depth) + 1; }

KIND many_registers(int depth) {
  volatile int a[8];
  for (int i = 0; i < 8; i++) a[i] = depth + i;
  int b = a[0], c = a[1], d = a[2], e = a[3], f = a[4], g = a[5];
  int r = next(depth);
  return r + b + c + d + e + f + g;
}

KIND with_alloca(int depth) {
  volatile char *room = alloca(16 + draw() % 500);
  room[0] = 1;
  sink(room);
  return next(depth) + room[0];
}

KIND with_vla(int depth) {
  volatile char room[8 + draw() % 300];
  room[0] = 2;
  sink(room);
  return next(depth) + room[0];
}

KIND realigned(int depth) { /* a stack pointer that is moved to a boundary */
  volatile char room[64] __attribute__((aligned(64)));
  room[0] = 3;
  sink(room);
  return next(depth) + room[0];
}

KIND realigned_with_vla(int depth) {
  volatile char room[64] __attribute__((aligned(128)));
  volatile char more[1 + draw() % 100];
  room[0] = more[0] = 4;
  sink(room);
  sink(more);
  return next(depth) + room[0] + more[0];
}

KIND recursive(int depth) {
  int times = (int)(draw() % 3);
  if (times && depth > 1) return recursive(depth - 1) + 1;
  return next(depth) + 1;
}

KIND many_arguments(int depth, int a, int b, int c, int d, int e, int f, int g,
                    int h) {
  return next(depth) + a + b + c + d + e + f + g + h;
}

KIND call_many_arguments(int depth) {
  return many_arguments(depth, 1, 2, 3, 4, 5, 6, 7, 8) + 1;
}

KIND tail(int depth) { return next(depth); }

static int sort_depth;
static int sort_left;

static int compare(const void *a, const void *b) {
  if (sort_left-- == 1) next(sort_depth);
  return *(const int *)a - *(const int *)b;
}

KIND through_qsort(int depth) {
  int numbers[5] = {4, 2, 5, 1, 3};
  if (sort_left > 0) return plain(depth); /* one at a time */
  sort_depth = depth;
  sort_left = (int)(1 + draw() % 4);
  qsort(numbers, 5, sizeof numbers[0], compare);
  sort_left = 0;
  return numbers[0];
}

KIND jumps_back(int depth) {
  jmp_buf back;
  volatile int r = 0;
  if (setjmp(back) == 0) {
    r = next(depth);
    longjmp(back, 1);
  }
  return r;
}

static int signal_depth;

static void on_signal(int number) {
  (void)number;
  next(signal_depth);
}

KIND through_signal(int depth) {
  if (signal_depth) return plain(depth); /* one at a time */
  signal_depth = depth;
  struct sigaction action, old;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  sigaction(SIGUSR1, &action, &old);
  raise(SIGUSR1);
  sigaction(SIGUSR1, &old, NULL);
  signal_depth = 0;
  return 1;
}

static int next(int depth) {
  static int (*const kinds[])(int) = {
      plain,     many_registers,     with_alloca, with_vla,
      realigned, realigned_with_vla, recursive,   call_many_arguments,
      tail,      through_qsort,      jumps_back,  through_signal};
  if (depth <= 0) {
    chains.probe();
    return 0;
  }
  unsigned choice = draw();
  if (choice % 16 == 0) chains.probe();
  return kinds[choice / 16 % (sizeof kinds / sizeof *kinds)](depth - 1);
}

void chains_run(uint64_t *seed, int depth, void (*probe)(void)) {
  chains.seed = seed;
  chains.probe = probe;
  next(depth);
}
