/* SPDX-License-Identifier: MIT */
#ifndef SHELF_H
#define SHELF_H

#include <stdio.h>
#include <stdlib.h>

#define SHELF_NEW(n) malloc(n)

static inline __attribute__((always_inline)) void *zalloc(size_t n) {
  return calloc(1, n); /* site: gated calloc */
}

void *shelf_gated(void);
void *shelf_ungated(void);
void *shelf_exiting(void);
void *shelf_never(void);
void *shelf_sometimes(int wanted);
void *shelf_macro(void);
void *shelf_inlined(void);
void *shelf_inlined_ungated(void);
void *shelf_wrapped(void);
void *shelf_wrapped_never(void);
void *shelf_grabbed(void);
void *shelf_both(void);
void *shelf_table(void);
char *shelf_line(FILE *file);
FILE *shelf_open(const char *name);
void *shelf_excluded(void);
void *loft_gated(void);
void *loft_never(void);

#endif
