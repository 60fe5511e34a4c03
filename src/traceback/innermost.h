/* SPDX-License-Identifier: MIT */
/*
 * Code between the program's call and the hook that is not the program's: a
 * sanitizer's runtime, which tells of its blocks from inside its malloc.
 *
 *   hook  <- runtime <- runtime <- malloc  <- the program
 *   record                            entry
 *
 * It is one range of addresses: a library of its own, or, linked statically,
 * a part of the program that the linker laid out in one piece.
 */
#ifndef LS_TRACEBACK_INNERMOST_H
#define LS_TRACEBACK_INNERMOST_H

#include <stddef.h>
#include <stdint.h>

/* Adds [begin, end) and what lies between it and the rest.  Context: runner. */
void ls_innermost_add(uintptr_t begin, uintptr_t end);
int ls_innermost_has(uintptr_t pc);

/* Adds the frames from `record` outward up to the first in [begin, end).
   1 if that one was met.  Context: hook. */
int ls_innermost_learn(const uintptr_t *record, uintptr_t begin, uintptr_t end);

/* The record of the program's call of the runtime, as a hook's there would be
   (see unwind.h); `record` itself where no walk leads out.  Context: hook; may
   change errno. */
const uintptr_t *ls_innermost_entry(const uintptr_t *record);

/* Leaves out of a path what is in the range; the new length. */
size_t ls_innermost_strip(uintptr_t *pcs, size_t n);

#endif
