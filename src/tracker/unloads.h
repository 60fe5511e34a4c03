/* SPDX-License-Identifier: MIT */
/*
 * Libraries that were unloaded without our hook: while nothing was traced, or
 * by libc itself.  Context: runner.
 */
#ifndef LS_TRACKER_UNLOADS_H
#define LS_TRACKER_UNLOADS_H

/* Forgets what is remembered of code if any was unloaded since the last call.
 */
void ls_unloads_look(void);

#endif
