/* SPDX-License-Identifier: MIT */
/*
 * The tracemalloc recipe in C: warm up, baseline, 10,000 requests, after,
 * compare.  Sizes are printed by the thousand, as the recipe does.
 */
#include <leakslope.h>
#include <stdio.h>
#include <stdlib.h>

static char *cache[20000];
static int cached;

static void handle_request(void) {
  char *scratch = malloc(200);
  cache[cached++] = malloc(1024); /* the cache's line */
  free(scratch);
}

int main(void) {
  const struct leakslope_statistic_diff *top;
  size_t n;
  handle_request();
  struct leakslope_snapshot *baseline = leakslope_take_snapshot();
  for (int i = 0; i < 10000; i++) handle_request();
  struct leakslope_snapshot *after = leakslope_take_snapshot();
  leakslope_snapshot_compare_to(after, baseline, LEAKSLOPE_LINENO, 0, &top, &n);
  printf("%s:%u %+.1f KiB count %ld\n", top->traceback.frames[0].filename,
         top->traceback.frames[0].lineno, (double)top->size_diff / 1000,
         (long)top->count_diff);
  leakslope_snapshot_compare_to(after, baseline, LEAKSLOPE_TRACEBACK, 0, &top,
                                &n);
  char *path = leakslope_traceback_format(&top->traceback, 0, 1);
  printf("%s", path);
  leakslope_string_free(path);
  leakslope_snapshot_free(baseline);
  leakslope_snapshot_free(after);
  return 0;
}
