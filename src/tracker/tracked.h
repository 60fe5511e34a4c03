/* SPDX-License-Identifier: MIT */
/*
 * Objects that the program itself tells of (leakslope_track).
 * Context: hook, but for _walk and _clear.
 */
#ifndef LS_TRACKER_TRACKED_H
#define LS_TRACKER_TRACKED_H

#include <stddef.h>
#include <stdint.h>

/* The object `key` of the program's domain is there, with this size; one that
   is known is brought up to date.  `record`: see unwind.h.  0 when there is no
   memory. */
int ls_tracked_put(unsigned domain, uintptr_t key, size_t size,
                   const uintptr_t *record);

/* It is gone; one that is not known is ignored. */
void ls_tracked_take(unsigned domain, uintptr_t key);

void ls_tracked_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                     void *arg);
void ls_tracked_clear(void);

/* Around fork: the child must find the table whole and the lock free. */
void ls_tracked_before_fork(void);
void ls_tracked_after_fork(void);

#endif
