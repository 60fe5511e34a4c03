/* SPDX-License-Identifier: MIT */
#include "shelf.h"

#include <string.h>

/* Not libc's. */
static int accept(void) { return 0; }

static void *xmalloc(size_t n) {
  void *block = malloc(n); /* site: gated malloc */
  if (!block) abort();
  return block;
}

void *shelf_gated(void) { return malloc(10); /* site: gated malloc */ }

void *shelf_ungated(void) {
  return strdup("by a test that is not gated"); /* site: run strdup */
}

void *shelf_exiting(void) { return malloc(11); /* site: run malloc */ }

void *shelf_never(void) { return malloc(12); /* site: never malloc */ }

/* The line runs in a gated test, the call does not. */
void *shelf_sometimes(int wanted) {
  return wanted ? malloc(13) : NULL; /* site: run malloc */
}

void *shelf_macro(void) { return SHELF_NEW(14); /* site: gated malloc */ }

void *shelf_inlined(void) { return zalloc(15); /* site: gated zalloc */ }

void *shelf_inlined_ungated(void) { return zalloc(16); /* site: run zalloc */ }

void *shelf_wrapped(void) { return xmalloc(17); /* site: gated xmalloc */ }

void *shelf_wrapped_never(void) {
  return xmalloc(18); /* site: never xmalloc */
}

/* A wrapper that no list has. */
static void *grab(size_t n) {
  void *block = malloc(n); /* site: gated malloc */
  if (!block) abort();
  return block;
}

void *shelf_grabbed(void) { return grab(18); }

/* By the same test, once gated and once not. */
void *shelf_both(void) { return malloc(24); /* site: gated malloc */ }

/* Made once, in the test's own pass. */
void *shelf_table(void) {
  static void *table;
  if (!table) table = malloc(19); /* site: gated malloc */
  return table;
}

char *shelf_line(FILE *file) {
  char *line = NULL;
  size_t size = 0;
  if (getline(&line, &size, file) < 0) /* site: gated getline */
    line[0] = '\0';
  return line;
}

FILE *shelf_open(const char *name) {
  return fopen(name, "re"); /* site: gated fopen */
}

void *shelf_excluded(void) {
  accept();
  return malloc(20); /* GCOV_EXCL_LINE */
}
