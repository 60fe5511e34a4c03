/* SPDX-License-Identifier: MIT */
/*
 * A series in full: the values at every boundary, and windows computed from
 * them directly.  The streaming windows must equal these.
 */
#ifndef LS_TESTS_DENSE_H
#define LS_TESTS_DENSE_H

#include <stdint.h>

enum { DENSE_MOST = 8191 };

struct dense {
  uint32_t n;
  int64_t count[DENSE_MOST + 1]; /* [0] is the baseline */
  int64_t bytes[DENSE_MOST + 1];
};

/* The windows over the first n iterations. */
struct dense_windows {
  unsigned n;
  uint32_t length; /* iterations */
  int64_t low[64], high[64], last[64];
};

/* `values` with the baseline in front. */
void dense_windows_of(struct dense_windows *windows, const int64_t *values,
                      uint32_t n);
int64_t dense_peak(const int64_t *values, uint32_t n);

#endif
