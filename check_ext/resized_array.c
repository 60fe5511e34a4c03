/* SPDX-License-Identifier: MIT */
/* As resized.c, for reallocarray: a file for each, so that a program may have
   its own of one. */
#include <stddef.h>

#ifndef __clang__
#pragma GCC optimize("O2", "omit-frame-pointer")
#endif

extern void *__real_reallocarray(void *block, size_t n, size_t size)
    __attribute__((weak)); /* where nothing is wrapped there is none */
void *__wrap_reallocarray(void *block, size_t n, size_t size);
/* Seen by the library, which looks for it in the program. */
__attribute__((visibility("default"))) extern void *(
    *leakslope_slot_reallocarray)(void *block, size_t n, size_t size);

void *(*leakslope_slot_reallocarray)(void *block, size_t n,
                                     size_t size) = __real_reallocarray;

void *__wrap_reallocarray(void *block, size_t n, size_t size) {
  return leakslope_slot_reallocarray(block, n, size);
}
