/* SPDX-License-Identifier: MIT */
/*
 * Threads that outlive their test.
 *
 * Without us the test's process ends when its last tear-down returns, and with
 * it each thread that is still running.  The gate keeps the process alive for
 * longer, before the tear-downs as behind them, and such a thread may use what
 * the test has given back by then.  What
 * the thread does in that time is no result of the test's: a thread that
 * crashes or calls exit() is held where it is until the process ends.
 */
#ifndef LS_GATE_OUTLIVE_H
#define LS_GATE_OUTLIVE_H

/* Live threads of this process. */
int lsg_threads(void);

/* The body of the test is over, in a process that would end soon: from here to
   the end of the process.  Called in the test's own thread. */
void lsg_outlive_begin(void);

/* While the program's own tear-downs run, what a thread does is a result of the
   test's, as it is without us. */
void lsg_outlive_theirs(int yes);

/* The gate has done with the process, which ends now.  A thread that is held
   ends it soon, in case the test's own thread waits for what that thread
   has. */
void lsg_outlive_end(void);

/* In a handler: returns in the test's own thread and in any other process. */
void lsg_outlive_crashed(int signal);

/* Holds the calling thread in the same way; does not return. */
void lsg_outlive_hold(void) __attribute__((noreturn));

/* Gives threads that are about to end the time to do so; how many threads
   there are then. */
int lsg_outlive_await(void);

/* What a thread did that is held; NULL if none is. */
const char *lsg_outlive_note(void);

#endif
