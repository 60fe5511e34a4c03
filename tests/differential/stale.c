/* SPDX-License-Identifier: MIT */
/*
 * The counter-example to comparing return addresses alone: a frame of varying
 * size that leaves rsp and all return addresses where they were, and still
 * is found elsewhere.
 *
 * outer_a and outer_b take turns; each calls middle, which keeps a frame
 * pointer because of its alloca and allocates at a depth that is always the
 * same.  Below the alloca lie stale words of the call before.
 */
#include <alloca.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static __attribute__((noinline)) void leaf(void) {
  void *volatile block = malloc(16);
  free(block);
}

static __attribute__((noinline)) void middle(uintptr_t level) {
  /* Down to the same rsp from wherever it was called. */
  uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  volatile char *room = alloca(here - level);
  __asm__ volatile("" ::"r"(room) : "memory");
  leaf();
  __asm__ volatile("");
}

static __attribute__((noinline)) void outer_a(uintptr_t level) {
  middle(level);
  __asm__ volatile("");
}

static __attribute__((noinline)) void outer_b(uintptr_t level) {
  volatile char room[256];
  room[0] = 1;
  middle(level);
  __asm__ volatile("" ::"r"(room));
}

int main(void) {
  uintptr_t level =
      ((uintptr_t)__builtin_frame_address(0) - 4096) & ~(uintptr_t)63;
  /* From one place, so that their return addresses are the same. */
  void (*volatile outer[2])(uintptr_t) = {outer_a, outer_b};
  for (int i = 0; i < 2000; i++) outer[i % 2](level);
  return 0;
}
