/* SPDX-License-Identifier: MIT */
/* A library that tells leakslope of its pieces where leakslope is there. */
#define LEAKSLOPE_OPTIONAL
#include "pool.h"

#include <leakslope.h>

static char pieces[1 << 20];
static size_t used;

static long in_use(void *arg) {
  (void)arg;
  return (long)used;
}

void *pool_get(void) {
  void *piece = &pieces[used++];
  if (leakslope_gauge) leakslope_gauge("pieces in use", in_use, NULL);
  if (leakslope_track) leakslope_track(1, (uintptr_t)piece, 16); /* tracked */
  return piece;
}

void pool_put(void *piece) {
  used--;
  if (leakslope_untrack) leakslope_untrack(1, (uintptr_t)piece);
}
