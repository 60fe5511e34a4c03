/* SPDX-License-Identifier: MIT */
/*
 * Which site mapped each range of addresses.
 *
 *   mmap       a range of its own, over whatever was there (MAP_FIXED)
 *   munmap     what lies in it goes, what reaches out of it is cut, what
 *              surrounds it becomes two
 *
 * The kernel does the same in one step; we look before and after it.  So each
 * range has a number that rises, and a call takes out only what is older than
 * itself: a range that another thread was given meanwhile at the same place
 * stays.
 *
 * A sorted array under a lock of our own: mappings are few and rarely change.
 * Context: hook, but for _walk and _clear.
 */
#ifndef LS_TRACKER_RANGE_TABLE_H
#define LS_TRACKER_RANGE_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct ls_range {
  uintptr_t begin, end;
  uint64_t serial; /* given by _add */
  uint32_t site;
  uint32_t birth;
};

/* Told of each change: so many ranges and bytes more of a site. */
typedef void ls_ranges_changed(uint32_t site, int64_t ranges, int64_t bytes);

/* Ranges added from now on have at least this number. */
uint64_t ls_ranges_now(void);

/* Adds a range, over whatever is known there.  0 when there is no memory. */
int ls_ranges_add(struct ls_range range, ls_ranges_changed *changed);

/* Takes [begin, end) out of ranges older than `before`.  0 when there is no
   memory for the second half of one that was split. */
int ls_ranges_cut(uintptr_t begin, uintptr_t end, uint64_t before,
                  ls_ranges_changed *changed);

/* The range older than `before` that an address lies in; site 0 if none. */
struct ls_range ls_ranges_at(uintptr_t address, uint64_t before);

/* Bytes in all ranges. */
int64_t ls_ranges_bytes(void);

void ls_ranges_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                    void *arg);
/* Calls visit(arg, range) for each, addresses going up, without a lock: for a
   forked child with one thread, whose parent may have held it. */
void ls_ranges_each(void (*visit)(void *arg, const struct ls_range *range),
                    void *arg);
void ls_ranges_clear(void);

/* Around fork: the child must find the table whole and the lock free. */
void ls_ranges_before_fork(void);
void ls_ranges_after_fork(void);

#endif
