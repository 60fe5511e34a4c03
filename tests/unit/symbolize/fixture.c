/* SPDX-License-Identifier: MIT */
#include "fixture.h"

static __attribute__((noinline)) uintptr_t here(void) {
  __asm__ volatile("");
  return (uintptr_t)__builtin_return_address(0);
}

struct spot fixture_call(void) {
  struct spot spot = {.line = __LINE__ + 1};
  spot.pc = here();
  return spot;
}

static __attribute__((noinline)) struct spot hidden(void) {
  struct spot spot = {.line = __LINE__ + 1};
  spot.pc = here();
  return spot;
}

struct spot fixture_hidden(void) {
  return hidden();
}

static inline __attribute__((always_inline)) void inner(struct spot *spot) {
  spot->line = __LINE__ + 1;
  spot->pc = here();
}

static inline __attribute__((always_inline)) void middle(struct spot *spot) {
  spot->middle_line = __LINE__ + 1;
  inner(spot);
}

struct spot fixture_inlined(void) {
  struct spot spot = {.outer_line = __LINE__ + 1};
  middle(&spot);
  return spot;
}
