/* SPDX-License-Identifier: MIT */
/*
 * What the counting of events and the life of the tracer share.
 */
#ifndef LS_TRACKER_STATE_H
#define LS_TRACKER_STATE_H

#include <stdint.h>

struct ls_tracker_state {
  int has_fork_handlers;
  _Atomic int was_started;
  unsigned nframe;
  _Atomic uint64_t drops, foreign_frees;
  _Atomic uint32_t birth; /* what new blocks get: the epoch, in it the step */
};
extern struct ls_tracker_state ls_tracker_state
    __attribute__((visibility("hidden")));

#endif
