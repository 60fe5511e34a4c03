/* SPDX-License-Identifier: MIT */
/*
 * The call path of the thread that is running.
 *
 * One contract, several ways to keep it: unwind_libunwind.c asks libunwind.
 * Context of ls_unwind: hook.  The others: runner.
 */
#ifndef LS_TRACEBACK_UNWIND_H
#define LS_TRACEBACK_UNWIND_H

#include <stddef.h>
#include <stdint.h>

/* Frames that any way can give. */
enum { LS_UNWIND_MAX = 252 };

/* Makes ready; 0, or -ENOTSUP with a constant text in *cause. */
int ls_unwind_init(const char **cause);

/*
 * Return addresses from `caller` outward: pcs[0] == caller, at most `max`.
 * `caller` is the return address of the hook that is running; frames of ours
 * inside of it are left out.  Returns how many, at least 1.
 */
size_t ls_unwind(const void *caller, uintptr_t *pcs, size_t max);

/* After a library was unloaded: what was remembered of its code is wrong. */
void ls_unwind_flush(void);

#endif
