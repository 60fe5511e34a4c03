/* SPDX-License-Identifier: MIT */
/*
 * Annotations and the job's summary, where the program runs under GitHub
 * Actions (GITHUB_ACTIONS=true).
 *
 * Annotations are lines on standard output, behind what Check prints.  Where a
 * log or a report that machines read goes to standard output, they go to
 * standard error, which is read for them as well.
 */
#ifndef LS_GATE_GITHUB_H
#define LS_GATE_GITHUB_H

#include <leakslope.h>

#include "gate/outputs.h"

/* Whether a report of the run is to be made for it. */
int lsg_github_wanted(void);

/* `run`: on this run alone. */
void lsg_github_tell(const struct leakslope_report *run,
                     const struct ls_gate_outputs *program,
                     const struct ls_gate_outputs *runner);

#endif
