/* SPDX-License-Identifier: MIT */
/* What all sites hold at a moment, copied.  Context: runner. */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "platform/arena.h"
#include "traceback/intern.h"
#include "tracker/counters.h"
#include "tracker/early.h"
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

/* Where there are few sites it lies in the struct itself. */
int ls_tracker_copy(struct ls_copy *copy) {
  uint32_t n = ls_intern_sites() + 1;
  size_t size = n * sizeof copy->live[0];
  copy->n = n;
  copy->size = size;
  copy->live = size <= sizeof copy->few ? copy->few : take_spare(&copy->size);
  if (!copy->live) copy->live = ls_pages_map_whole(size);
  if (!copy->live) return -ENOMEM;
  memset(copy->live, 0, size);
  ls_counters_sum(copy->live, n);
  ls_early_sum(copy->live, n);
  return 0;
}

void ls_copy_free(struct ls_copy *copy) {
  if (copy->live != copy->few) leave_spare(copy->live, copy->size);
}
