/* SPDX-License-Identifier: MIT */
/*
 * Threads that take no part in a test.
 *
 * A copy of a process has one thread, so what other threads do for a test does
 * not happen there.  But a thread did nothing for the test if it was there
 * before, ran for not a nanosecond until the test was over, and waits for a
 * condition or lock of this process without a time limit: such are a pool's or
 * a logger's that wait for work.  One that sleeps, or waits for a file, a child
 * or a signal, may yet come to what the test left it, or may meet what the copy
 * does, and counts as working.  What is clean in a copy without idle threads is
 * clean; anything else is looked at where the threads are.
 */
#ifndef LS_GATE_IDLE_H
#define LS_GATE_IDLE_H

/* Before a test. */
void lsg_idle_begin(void);

/* After it: whether all threads but the calling one have been idle. */
int lsg_idle_all(void);

#endif
