/* SPDX-License-Identifier: MIT */
/* Keeps which traceback mapped each range of addresses. */
#include "tracker/range_table.h"

#include <stdatomic.h>
#include <string.h>

#include "platform/arena.h"
#include "platform/lock.h"
#include "platform/together.h"

enum { FIRST_CAPACITY = 1024 };

static struct {
  struct ls_lock lock;
  struct ls_range *at; /* by address, no two overlap */
  size_t n, capacity;
  uint64_t serial;
  _Atomic int64_t bytes; /* of all; changed under the lock */
} ranges LS_TOGETHER;

/* ---- the array: lock held ------------------------------------------------ */

/* Room for two more: a range in the middle of another makes three of it. */
static int has_room(void) {
  if (ranges.n + 2 <= ranges.capacity) return 1;
  size_t more = ranges.capacity ? 2 * ranges.capacity : FIRST_CAPACITY;
  struct ls_range *fresh = ls_pages_map(more * sizeof *fresh, 0);
  if (!fresh) return 0;
  if (ranges.n) memcpy(fresh, ranges.at, ranges.n * sizeof *fresh);
  ls_pages_unmap(ranges.at, ranges.capacity * sizeof *fresh);
  ranges.at = fresh;
  ranges.capacity = more;
  return 1;
}

/* The first range that ends above an address. */
static size_t first_above(uintptr_t address) {
  size_t low = 0, high = ranges.n;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (ranges.at[middle].end > address)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static void insert(size_t at, struct ls_range range) {
  memmove(&ranges.at[at + 1], &ranges.at[at],
          (ranges.n - at) * sizeof *ranges.at);
  ranges.at[at] = range;
  ranges.n++;
}

static void remove_at(size_t at) {
  ranges.n--;
  memmove(&ranges.at[at], &ranges.at[at + 1],
          (ranges.n - at) * sizeof *ranges.at);
}

/* Takes [begin, end) out of the range at `at`, which it meets; returns the
   index to go on at. */
static size_t cut_one(size_t at, uintptr_t begin, uintptr_t end,
                      ls_ranges_changed *changed) {
  struct ls_range *range = &ranges.at[at], all = *range;
  int keeps_head = all.begin<begin, keeps_tail = all.end> end;
  uintptr_t from = keeps_head ? begin : all.begin;
  uintptr_t to = keeps_tail ? end : all.end;
  changed(all.site, keeps_head + keeps_tail - 1, -(int64_t)(to - from));
  ranges.bytes -= (int64_t)(to - from);
  if (keeps_head) range->end = begin;
  if (keeps_tail) all.begin = end;
  if (keeps_head && keeps_tail) {
    insert(at + 1, all);
    return at + 2;
  }
  if (keeps_tail) *range = all;
  if (keeps_head || keeps_tail) return at + 1;
  remove_at(at);
  return at;
}

static void cut(uintptr_t begin, uintptr_t end, uint64_t before,
                ls_ranges_changed *changed) {
  size_t at = first_above(begin);
  while (at < ranges.n && ranges.at[at].begin < end)
    at = ranges.at[at].serial < before ? cut_one(at, begin, end, changed)
                                       : at + 1;
}

/* ---- from outside -------------------------------------------------------- */

uint64_t ls_ranges_now(void) {
  return __atomic_load_n(&ranges.serial, __ATOMIC_ACQUIRE);
}

int ls_ranges_add(struct ls_range range, ls_ranges_changed *changed) {
  if (!ls_lock_take(&ranges.lock)) return 0;
  int room = has_room();
  if (room) {
    cut(range.begin, range.end, UINT64_MAX, changed);
    range.serial = __atomic_fetch_add(&ranges.serial, 1, __ATOMIC_RELEASE);
    insert(first_above(range.begin), range);
    changed(range.site, 1, (int64_t)(range.end - range.begin));
    ranges.bytes += (int64_t)(range.end - range.begin);
  }
  ls_lock_release(&ranges.lock);
  return room;
}

int ls_ranges_cut(uintptr_t begin, uintptr_t end, uint64_t before,
                  ls_ranges_changed *changed) {
  if (!ls_lock_take(&ranges.lock)) return 0;
  int room = has_room();
  if (room) cut(begin, end, before, changed);
  ls_lock_release(&ranges.lock);
  return room;
}

int64_t ls_ranges_bytes(void) { return atomic_load(&ranges.bytes); }

struct ls_range ls_ranges_at(uintptr_t address, uint64_t before) {
  struct ls_range found = {0};
  if (!ls_lock_take(&ranges.lock)) return found;
  size_t at = first_above(address);
  if (at < ranges.n && ranges.at[at].begin <= address &&
      ranges.at[at].serial < before)
    found = ranges.at[at];
  ls_lock_release(&ranges.lock);
  return found;
}

void ls_ranges_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                    void *arg) {
  if (!ls_lock_take(&ranges.lock)) return;
  for (size_t i = 0; i < ranges.n; i++)
    visit(arg, ranges.at[i].site, ranges.at[i].birth);
  ls_lock_release(&ranges.lock);
}

void ls_ranges_each(void (*visit)(void *arg, const struct ls_range *range),
                    void *arg) {
  for (size_t i = 0; i < ranges.n; i++) visit(arg, &ranges.at[i]);
}

void ls_ranges_clear(void) {
  if (!ls_lock_take(&ranges.lock)) return;
  ranges.n = 0;
  ranges.bytes = 0;
  ls_lock_release(&ranges.lock);
}

void ls_ranges_before_fork(void) { (void)ls_lock_take(&ranges.lock); }

void ls_ranges_after_fork(void) { ls_lock_release(&ranges.lock); }
