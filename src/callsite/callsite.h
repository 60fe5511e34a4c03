/* SPDX-License-Identifier: MIT */
/*
 * Which frame of a path is the call site: the innermost one in the program's
 * own code, not libc, not an allocation wrapper.
 *
 *   #0 __strdup      libc            skipped
 *   #1 xstrdup       util.c:12       skipped: allocates for its caller
 *   #2 cache_put     cache.c:40      <- the place to blame
 *
 * Context: runner.
 */
#ifndef LS_CALLSITE_CALLSITE_H
#define LS_CALLSITE_CALLSITE_H

#include <stddef.h>
#include <stdint.h>

#include "leakslope.h" /* types: struct leakslope_frame */

/* Notes where libc and the like lie, for ls_callsite_of. */
void ls_callsite_init(void);

/* The first pc of a path outside of libc and of ourselves. */
uintptr_t ls_callsite_of(const uintptr_t *pcs, size_t n);

/* Index of the frame to blame in a resolved path; 0 where none is better. */
size_t ls_callsite_named(const struct leakslope_frame *frames, size_t n);

/* The name in the list of functions that allocate for their caller, or NULL. */
const char *ls_callsite_wrapper(const char *function);

#endif
