/* SPDX-License-Identifier: MIT */
/*
 * Which memory of the process is ours, and room for more of it where the
 * program has all memory locked that is mapped from now on: ours is not to
 * count towards its limit, nor to be made resident.
 * Context: hook.
 */
#ifndef LS_PLATFORM_OWN_PAGES_H
#define LS_PLATFORM_OWN_PAGES_H

#include <stddef.h>
#include <stdint.h>

/* Whole pages, zeroed, with the flags of mmap(2) beside the usual ones; NULL
   where there are none.  errno is not kept. */
void *ls_own_pages_map(size_t size, int flags);
void ls_own_pages_unmap(void *pages, size_t size);

/* Sets address space aside, from which _map takes from now on: called before
   all that is mapped is to be locked. */
void ls_own_pages_set_aside(void);

/* Of [*begin, end), the first part that is not ours: moves *begin to it and
   returns its end, or 0 where there is none. */
uintptr_t ls_own_pages_next_other(uintptr_t *begin, uintptr_t end);

/* 0 where there were so many that some are not in the list. */
int ls_own_pages_are_known(void);

/* Calls visit(begin, size) for each part that is ours. */
void ls_own_pages_each(void (*visit)(uintptr_t begin, size_t size));

#endif
