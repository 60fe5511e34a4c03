/* SPDX-License-Identifier: MIT */
/* Product code that uses leakslope where it is there, and links nothing. */
#define LEAKSLOPE_OPTIONAL
#include <leakslope.h>
#include <stdio.h>
#include <stdlib.h>

int product(const char *path);

static void *volatile kept;

/* Says whether it could write a snapshot of what it keeps. */
int product(const char *path) {
  kept = malloc(321);
  if (!leakslope_take_snapshot) return puts("without") < 0;
  struct leakslope_snapshot *snapshot = leakslope_take_snapshot();
  struct leakslope_traceback *tb = leakslope_get_object_traceback(kept);
  char *text = tb ? leakslope_traceback_format(tb, 1, 1) : NULL;
  printf("with %d %s", leakslope_snapshot_dump(snapshot, path),
         text ? text : "nothing\n");
  leakslope_string_free(text);
  leakslope_traceback_free(tb);
  leakslope_snapshot_free(snapshot);
  return 0;
}

#ifndef LIBRARY
int main(int argc, char **argv) { return argc < 2 || product(argv[1]); }
#endif
