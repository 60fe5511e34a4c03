/* SPDX-License-Identifier: MIT */
/*
 * From the framework's results and the slots to the reports.
 */
#ifndef LS_GATE_RESULTS_H
#define LS_GATE_RESULTS_H

#include "gate/gate.h"

/* The reports that ls_gate_result() and ls_gate_foreign() add to from here on:
   on the program, on this run, and the run's own; the latter two may be
   NULL. */
void lsg_results_begin(struct leakslope_report *program,
                       struct leakslope_report *run,
                       struct leakslope_report *own);

/* Behind the above, where the signal `by` has ended the run: adds the tests
   that have no result.  What was judged of one is reported, and of each other
   that it was not; gives how many these are. */
unsigned lsg_results_add_open(const char *by);

#endif
