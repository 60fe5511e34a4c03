/* SPDX-License-Identifier: MIT */
/*
 * The timers of the process (timer_create; those with a descriptor are
 * descriptors); what the hooks tell of them is in interpose/sink.h.
 * Context: runner.
 */
#ifndef LS_TRACKER_TIMERS_H
#define LS_TRACKER_TIMERS_H

#include <stdint.h>

void ls_timers_walk(void (*visit)(void *arg, uint32_t site, uint32_t birth),
                    void *arg);
void ls_timers_clear(void);

/* Around fork: a child has none of its parent's timers. */
void ls_timers_before_fork(void);
void ls_timers_after_fork(void);
void ls_timers_gone(void);

#endif
