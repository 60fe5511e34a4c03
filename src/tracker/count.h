/* SPDX-License-Identifier: MIT */
/*
 * What the tables of kernel objects need of the counters.
 * Context: hook.
 */
#ifndef LS_TRACKER_COUNT_H
#define LS_TRACKER_COUNT_H

#include <stdint.h>

#include "tracker/tracker.h"

/* The site of a call in a domain other than malloc's; 0 when there is no
   room for it, which is counted as a drop.  `record`: see unwind.h. */
uint32_t ls_count_site(enum ls_domain domain, const uintptr_t *record);

/* The same with another first pc than the domain's number: sites of one domain
   that are to be kept apart. */
uint32_t ls_count_marked_site(enum ls_domain domain, uintptr_t mark,
                              const uintptr_t *record);

/* The site of objects that no call was seen to make, by a number that says
   what they are; it has no frames. */
uint32_t ls_count_untraced(enum ls_domain domain, uintptr_t number);

/* Adds to what a site holds. */
void ls_count(uint32_t site, int64_t objects, int64_t bytes);

/* An event that could not be kept. */
void ls_count_drop(void);

/* The birth of an object of this moment: epoch and step. */
uint32_t ls_count_birth(void);

#endif
