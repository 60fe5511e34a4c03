/* SPDX-License-Identifier: MIT */
/* What of the growth in bytes is more than more blocks of the same size. */
#include "verdict/rule.h"

enum { REFERENCE_PART = 16 }; /* of the windows: where octaves begin */

unsigned ls_net_reference(unsigned n) {
  return n < REFERENCE_PART ? 0 : n / REFERENCE_PART - 1;
}

/* The first window with blocks, from the reference on. */
static unsigned reference_of(const struct ls_shape *count) {
  unsigned k = ls_net_reference(count->n);
  while (k + 1 < count->n && count->floor[k] <= 0) k++;
  return k;
}

void ls_net_of(struct ls_windows *net, const struct ls_shape *count,
               const struct ls_shape *bytes) {
  unsigned reference = reference_of(count);
  int64_t from = count->floor[reference];
  int64_t each = bytes->floor[reference] / (from > 0 ? from : 1);
  for (unsigned k = 0; k < bytes->n; k++) {
    int64_t more = k > reference ? count->floor[k] - from : 0;
    net->low[k] = bytes->windows->low[k] - more * each;
    net->high[k] = bytes->windows->high[k] - more * each;
    net->last[k] = bytes->windows->last[k] - more * each;
  }
}
