/* SPDX-License-Identifier: MIT */
/*
 * Objects of the kernel that have a number or an address and nothing else:
 * timers (timer_create; those with a descriptor are descriptors) and attached
 * segments (shmat).  What the hooks tell of them is in interpose/sink.h.
 * Context: runner.
 */
#ifndef LS_TRACKER_KERNEL_OBJECTS_H
#define LS_TRACKER_KERNEL_OBJECTS_H

#include <stdint.h>

void ls_kernel_objects_walk(void (*visit)(void *arg, uint32_t site,
                                          uint32_t birth),
                            void *arg);
void ls_kernel_objects_clear(void);

/* Around fork; _gone: a child has none of some domains of its parent's. */
void ls_kernel_objects_before_fork(void);
void ls_kernel_objects_after_fork(void);
void ls_kernel_objects_gone(void);

#endif
