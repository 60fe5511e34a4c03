/* SPDX-License-Identifier: MIT */
/*
 * The user's time limit, kept on the test's own pass.
 *
 * Check's limit covers the gate too and is set longer; so the test's process
 * asks the runner to act at the user's limit by the signal that Check itself
 * acts on, and Check reports the timeout in its own words.
 */
#ifndef LS_GATE_TIMER_H
#define LS_GATE_TIMER_H

#include <sys/types.h>

/* After `seconds`, SIGALRM to `runner`.  0 seconds: no limit. */
void lsg_timer_start(double seconds, pid_t runner);

/* Every `seconds`, `look` in this thread: for repetitions in place. */
void lsg_timer_watch(double seconds, void (*look)(void));

void lsg_timer_stop(void);

#endif
