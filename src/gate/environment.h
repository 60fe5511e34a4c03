/* SPDX-License-Identifier: MIT */
/* LD_PRELOAD, where an adapter is preloaded. */
#ifndef LS_GATE_ENVIRONMENT_H
#define LS_GATE_ENVIRONMENT_H

/* Takes libraries of ours out of LD_PRELOAD: what the program starts is not to
   be gated, and sees the environment that there would be without us.  In
   place: nothing is allocated. */
void ls_gate_leave_environment(void);

#endif
