/* SPDX-License-Identifier: MIT */
/* What all sites hold at a moment, copied.  Context: runner. */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "platform/arena.h"
#include "traceback/intern.h"
#include "tracker/counters.h"
#include "tracker/tracker.h"

/* Pages of a copy that was freed: the next one need not ask the kernel, which
   takes longer than the copying.  Their first word is their size. */
static _Atomic(size_t *) spare;

static void *take_spare(size_t *size) {
  size_t *pages = atomic_exchange(&spare, NULL);
  if (!pages) return NULL;
  size_t have = *pages;
  if (have >= *size) {
    *size = have;
    return pages;
  }
  ls_pages_unmap(pages, have);
  return NULL;
}

static void leave_spare(void *pages, size_t size) {
  *(size_t *)pages = size;
  size_t *old = atomic_exchange(&spare, pages);
  if (old) ls_pages_unmap(old, *old);
}

/* Where there are few sites the words lie in the struct itself. */
int ls_tracker_copy(struct ls_copy *copy) {
  uint32_t n = ls_intern_sites() + 1;
  int has_big = ls_counters_big(NULL, n);
  size_t size = n * (has_big ? 2 : 1) * sizeof copy->packed[0];
  copy->n = n;
  copy->size = size;
  copy->packed = size <= sizeof copy->few ? copy->few : take_spare(&copy->size);
  if (!copy->packed) copy->packed = ls_pages_map_whole(size);
  if (!copy->packed) return -ENOMEM;
  copy->big = has_big ? (int64_t *)(copy->packed + n) : NULL;
  memset(copy->packed, 0, size);
  ls_counters_sum(copy->packed, n);
  if (has_big) ls_counters_big(copy->big, n);
  return 0;
}

void ls_copy_free(struct ls_copy *copy) {
  if (copy->packed != copy->few) leave_spare(copy->packed, copy->size);
}

struct ls_live ls_copy_live(const struct ls_copy *copy, uint32_t site) {
  return ls_counters_unpack(copy->packed[site],
                            copy->big ? copy->big[site] : 0);
}
