/* SPDX-License-Identifier: MIT */
#include "dense.h"

void dense_windows_of(struct dense_windows *windows, const int64_t *values,
                      uint32_t n) {
  uint32_t length = 1;
  while ((n + length - 1) / length > 64) length *= 2;
  windows->n = (n + length - 1) / length;
  windows->length = length;
  for (uint32_t i = 1; i <= n; i++) {
    unsigned k = (i - 1) / length;
    int first = (i - 1) % length == 0;
    if (first || values[i] < windows->low[k]) windows->low[k] = values[i];
    if (first || values[i] > windows->high[k]) windows->high[k] = values[i];
    windows->last[k] = values[i];
  }
}

int64_t dense_peak(const int64_t *values, uint32_t n) {
  int64_t peak = values[0];
  for (uint32_t i = 1; i <= n; i++)
    if (values[i] > peak) peak = values[i];
  return peak;
}
