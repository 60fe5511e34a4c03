/* SPDX-License-Identifier: MIT */
/* The part of the sink that hooks of a sanitizer's runtime tell, where there is
   no such runtime. */
#include "interpose/sink.h"

void ls_sink_told_alloc(void *block, size_t size, const uintptr_t *record) {
  (void)block;
  (void)size;
  (void)record;
}

void ls_sink_told_free(void *block, size_t size, const uintptr_t *record) {
  (void)block;
  (void)size;
  (void)record;
}

void ls_sink_told_move(struct ls_block old, void *block, size_t size,
                       const uintptr_t *record, int failed) {
  (void)old;
  (void)block;
  (void)size;
  (void)record;
  (void)failed;
}

int ls_sink_knows(const void *block) {
  (void)block;
  return 0;
}

void ls_sink_told_code(uintptr_t begin, uintptr_t end) {
  (void)begin;
  (void)end;
}

int ls_sink_told_learn(const uintptr_t *record, uintptr_t begin,
                       uintptr_t end) {
  (void)record;
  (void)begin;
  (void)end;
  return 0;
}
