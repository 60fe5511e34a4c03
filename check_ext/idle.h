/* SPDX-License-Identifier: MIT */
/*
 * Threads that take no part in a test.
 *
 * A copy of a process has one thread, so what other threads do for a test does
 * not happen there.  But threads that were there before the test, and ran for
 * not a nanosecond until it was over, did nothing for it: such are a pool's or
 * a logger's that wait for work.  What is clean in a copy without them is
 * clean; anything else may be what a thread would have done later, and is
 * looked at where the threads are.
 */
#ifndef CHECK_EXT_IDLE_H
#define CHECK_EXT_IDLE_H

/* Before a test. */
void ck_idle_begin(void);

/* After it: whether all threads but the calling one have been idle. */
int ck_idle_all(void);

#endif
