/* SPDX-License-Identifier: MIT */
/*
 * The call path of the thread that is running.
 *
 * One contract, two ways to keep it: walk_x86_64.c steps by rules of its own,
 * unwind_libunwind.c (other CPUs) asks libunwind.
 *
 * Where a walk begins is the frame record of the hook that was called: what
 * __builtin_frame_address(0) points to.
 *
 *   record[0]   the caller's frame pointer
 *   record[1]   the return address into the caller
 *   record + 2  the caller's stack pointer after the return
 *
 * Context: hook, but for those that say runner.
 */
#ifndef LS_TRACEBACK_UNWIND_H
#define LS_TRACEBACK_UNWIND_H

#include <stddef.h>
#include <stdint.h>

/* Frames that any way can give. */
enum { LS_UNWIND_MAX = 252 };

/* Makes ready; 0, or a negative errno with a constant text in *cause.
   Context: runner. */
int ls_unwind_init(const char **cause);

/* The return addresses from the hook's caller outward, innermost first; at
   most `max`, and none at or beyond code marked as outermost. */
size_t ls_unwind(const uintptr_t *record, uintptr_t *pcs, size_t max);

/* The site of that path with at most `nframe` frames; 0 when there is no room
   for it.  What ls_unwind and ls_intern give, faster. */
uint32_t ls_unwind_site(const uintptr_t *record, size_t nframe);

/* The same of a path in front of which `mark` comes, which is no pc of code. */
uint32_t ls_unwind_marked_site(uintptr_t mark, const uintptr_t *record,
                               size_t nframe);

/* Whether a frame of code at [begin, end) lies between the record and the place
   where the stack pointer is `target` (0: not known).  1, too, where the walk
   does not lead there. */
int ls_unwind_passes(const uintptr_t *record, uintptr_t target, uintptr_t begin,
                     uintptr_t end);

/* After a library was unloaded, or after a change of what is recorded:
   whatever was remembered may be wrong. */
void ls_unwind_flush(void);

/* Marks code at [begin, end) as outermost.  0 or -ENOSPC.  Context: runner. */
int ls_unwind_outermost(uintptr_t begin, uintptr_t end);
int ls_unwind_is_outermost(uintptr_t pc);

#endif
