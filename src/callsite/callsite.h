/* SPDX-License-Identifier: MIT */
/*
 * Which frame of a path is the call site: the innermost one in the program's
 * own code, not libc, not an allocation wrapper.
 *
 *   #0 __strdup      libc            skipped
 *   #1 json_string   libjansson      skipped: no line of it is known here
 *   #2 xstrdup       util.c:12       skipped: allocates for its caller
 *   #3 cache_put     cache.c:40      <- the place to blame
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

/* Whether a pc is in one of them. */
int ls_callsite_is_system(uintptr_t pc);

/* The first pc of a path outside of libc and of ourselves. */
uintptr_t ls_callsite_of(const uintptr_t *pcs, size_t n);

/* A resolved path, innermost first. */
struct ls_path {
  const struct leakslope_frame *frames;
  const unsigned char *shapes; /* symbolize/shape.h; NULL: not known */
  size_t n;
};

/* Index of the innermost frame that is neither libc's nor a known wrapper's:
   what statistics are grouped by, as tracemalloc does by the innermost frame of
   all. 0 where there is none. */
size_t ls_callsite_innermost(const struct leakslope_frame *frames, size_t n);

/* Index of the frame to blame, from `first` outward; n where no frame is the
   program's own. */
size_t ls_callsite_named(const struct ls_path *path, size_t first);

/* Where there is none: the first of another library than the system's; else
   0. */
size_t ls_callsite_foreign(const struct ls_path *path);

/* Whether a frame is the program's own code: not libc's, not a library's of
   which no line is known, not a header's of the system. */
int ls_callsite_is_own(const struct ls_path *path, size_t at);

/* The outermost frame of the program's own, that allocates for nobody: the
   test itself, or what a thread runs.  n where there is none. */
size_t ls_callsite_outermost(const struct ls_path *path);

/* Whether a function, by its name and shape, allocates for its caller. */
int ls_callsite_hands_on(const struct ls_path *path, size_t at);

/* Whether a frame is ours. */
int ls_callsite_is_ours(const struct leakslope_frame *frame);

/* Whether a path of libc's frames ends in a call that makes a stream, or the
   buffer of one that was made before. */
enum ls_stream_part { LS_NO_STREAM, LS_STREAM_ITSELF, LS_STREAM_BUFFER };
enum ls_stream_part ls_callsite_stream(const struct leakslope_frame *frames,
                                       size_t n);

/* The name in the list of functions that allocate for their caller, or NULL. */
const char *ls_callsite_wrapper(const char *function);

#endif
