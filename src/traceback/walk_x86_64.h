/* SPDX-License-Identifier: MIT */
/*
 * A walk up the stack by rules, step by step.  Context: hook.
 */
#ifndef LS_TRACEBACK_WALK_X86_64_H
#define LS_TRACEBACK_WALK_X86_64_H

#include <stddef.h>
#include <stdint.h>

#include "traceback/eh_frame.h"

/* All that a step depends on, besides memory. */
struct ls_frame_state {
  uintptr_t pc;
  uintptr_t rsp;
  uintptr_t rbp;
  /* Where a signal came (pc is then no return address): the ucontext, with
     all registers.  NULL elsewhere: few of them outlive a call. */
  const uintptr_t *interrupted;
};

/* The words of memory that a step read, as far as they decide its result. */
struct ls_step {
  struct ls_rule rule;
  const uintptr_t *return_slot; /* always read */
  const uintptr_t *rbp_slot;    /* NULL: rbp was not loaded */
  const uintptr_t *cfa_slot;    /* NULL: the CFA was computed */
};

/* One step outward: 1, or 0 at the outermost frame and where no rule leads
   on. */
int ls_walk_step(struct ls_frame_state *state, struct ls_step *step);

/* Where a walk begins, from the hook's frame record (see unwind.h). */
struct ls_frame_state ls_walk_begin(const uintptr_t *record);

#endif
