/* SPDX-License-Identifier: MIT */
/*
 * The time as libc has it.
 *
 * A program under test may define clock_gettime() itself, as a mock; the system
 * call by number meets none, but costs many times what libc's does, and a
 * snapshot needs the time.  So libc's own is looked up (own_libc.h), with the
 * hooked functions.
 * Context: hook.
 */
#ifndef LS_PLATFORM_CLOCK_H
#define LS_PLATFORM_CLOCK_H

#include <stdint.h>
#include <time.h>

/* libc's own clock_gettime; NULL before the look-up, and where there is none.
 */
extern int (*ls_clock_behind)(clockid_t clock, struct timespec *time)
    __attribute__((visibility("hidden")));

/* Nanoseconds. */
uint64_t ls_clock_ns(clockid_t clock);

#endif
