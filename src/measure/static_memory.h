/* SPDX-License-Identifier: MIT */
/*
 * Static memory: what programs and libraries have of their own from the start.
 * The kernel gives its pages at the first touch; that is no growth of the
 * program.
 */
#ifndef LS_MEASURE_STATIC_MEMORY_H
#define LS_MEASURE_STATIC_MEMORY_H

#include <stdint.h>

enum { LS_STATIC_RANGES = 64 }; /* the largest are what counts */

struct ls_static_memory {
  uint32_t n;
  struct {
    uintptr_t begin, end;
  } of[LS_STATIC_RANGES];
};

/* Notes where it lies now. */
void ls_static_find(struct ls_static_memory *memory);

/* Bytes of it that were touched. */
int64_t ls_static_resident(const struct ls_static_memory *memory);

#endif
