/* SPDX-License-Identifier: MIT */
/*
 * Records how many blocks the page's shapes have alive, at the end of each
 * repetition, as leakslope counts them.  A line for each: its name, then steps,
 * "+1*40" for forty in a row.
 */
#define main shapes_main
#include SHAPES
#undef main

enum { WARMUP = 3, ITERATIONS = 4093 };

static long live(size_t before) {
  size_t bytes;
  leakslope_get_traced_memory(&bytes, NULL);
  return (long)((bytes - before) / BLOCK);
}

static void record(const struct shape *shape, long *values) {
  size_t before;
  leakslope_get_traced_memory(&before, NULL);
  for (int i = 0; i < WARMUP; i++) shape->operation();
  for (int i = 0; i < ITERATIONS; i++) {
    values[i] = live(before);
    shape->operation();
  }
}

static void print(const char *name, const long *values) {
  long last = 0;
  printf("%s", name);
  for (int i = 0, run; i < ITERATIONS; i += run) {
    long step = values[i] - last;
    for (run = 1; i + run < ITERATIONS; run++)
      if (values[i + run] - values[i + run - 1] != step) break;
    printf(run > 1 ? " %+ld*%d" : " %+ld", step, run);
    last = values[i + run - 1];
  }
  printf("\n");
}

int main(void) {
  static long values[ITERATIONS];
  (void)shapes_main;
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    record(&shapes[i], values);
    print(shapes[i].name, values);
  }
}
