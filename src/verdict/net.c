/* SPDX-License-Identifier: MIT */
/* What of the growth in bytes is more than more blocks of the same size. */
#include "verdict/rule.h"

enum { REFERENCE_PART = 16 }; /* of the windows: where octaves begin */

static int is_half(const struct ls_windows *net, const struct ls_windows *bytes,
                   unsigned from, unsigned n) {
  int64_t all = bytes->last[n - 1] - bytes->low[from];
  int64_t left = net->last[n - 1] - net->low[from];
  return left > 0 && 2 * left >= all;
}

int ls_net_of(struct ls_windows *net, const struct ls_shape *count,
              const struct ls_shape *bytes) {
  unsigned n = bytes->n, from = n / REFERENCE_PART - 1;
  while (from + 1 < n && count->floor[from] <= 0) from++;
  int64_t blocks = count->floor[from];
  int64_t each = bytes->floor[from] / (blocks > 0 ? blocks : 1);
  for (unsigned k = 0; k < n; k++) {
    int64_t more = k > from ? count->floor[k] - blocks : 0;
    net->low[k] = bytes->windows->low[k] - more * each;
    net->high[k] = bytes->windows->high[k] - more * each;
    net->last[k] = bytes->windows->last[k] - more * each;
  }
  return is_half(net, bytes->windows, from, n);
}
