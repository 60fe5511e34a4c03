/* SPDX-License-Identifier: MIT */
/*
 * The program's own calls of realloc, each through a slot that the tracer can
 * set where it hears of a realloc in no other way (see
 * src/interpose/slots.h).  Elsewhere the slot holds the real one, and the call
 * is a jump to it: no frame of ours is in any traceback.
 */
#include <stddef.h>

#ifndef __clang__
#pragma GCC optimize("O2", "omit-frame-pointer")
#endif

extern void *__real_realloc(void *block, size_t size)
    __attribute__((weak)); /* where nothing is wrapped there is none */
void *__wrap_realloc(void *block, size_t size);
/* Seen by the library, which looks for it in the program. */
__attribute__((visibility("default"))) extern void *(*leakslope_slot_realloc)(
    void *block, size_t size);

void *(*leakslope_slot_realloc)(void *block, size_t size) = __real_realloc;

void *__wrap_realloc(void *block, size_t size) {
  return leakslope_slot_realloc(block, size);
}
