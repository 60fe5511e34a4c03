/* SPDX-License-Identifier: MIT */
/*
 * Time that the program under test has no hand in.
 *
 * A test may have put a clock of its own in the place of libc's, by its name or
 * by --wrap, which reaches the layer's calls too: the layer would see no time
 * pass, or the test would count calls that are none of its own.
 */
#ifndef CHECK_EXT_CLOCK_H
#define CHECK_EXT_CLOCK_H

/* Seconds of a clock that only goes on. */
double ck_now(void);

/* Sleeps, even if signals come. */
void ck_sleep(long seconds, long ns);

/* Seconds that the calling thread has waited for a processor so far; 0 where
   the kernel does not tell. */
double ck_queued(void);

#endif
