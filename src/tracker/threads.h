/* SPDX-License-Identifier: MIT */
/*
 * The threads of the process, as the tracker sees them; what the hooks tell of
 * them is in interpose/sink.h.  Context: runner.
 */
#ifndef LS_TRACKER_THREADS_H
#define LS_TRACKER_THREADS_H

#include <stdint.h>

/* Forgets detached threads that have ended. */
void ls_threads_reap(void);

/* The most threads that were there at once, so far. */
uint32_t ls_threads_peak(void);

void ls_threads_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                     void *arg);
void ls_threads_clear(void);

/* Around fork: a child has none of its parent's threads. */
void ls_threads_before_fork(void);
void ls_threads_after_fork(void);
void ls_threads_gone(void);

#endif
