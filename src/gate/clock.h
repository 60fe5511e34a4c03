/* SPDX-License-Identifier: MIT */
/*
 * Time that the program under test has no hand in: a clock that a test put in
 * the place of libc's is not asked (own_libc.h).
 */
#ifndef LS_GATE_CLOCK_H
#define LS_GATE_CLOCK_H

#include <sys/types.h>

/* Seconds of a clock that only goes on. */
double lsg_now(void);

/* Sleeps, even if signals come. */
void lsg_sleep(long seconds, long ns);

/* Seconds that the first thread of another process has waited for a processor
   so far; 0 where the kernel does not tell. */
double lsg_queued_of(pid_t pid);

#endif
