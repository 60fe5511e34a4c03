/* SPDX-License-Identifier: MIT */
/*
 * From Check's results to the gate's.
 */
#ifndef CHECK_EXT_RESULTS_H
#define CHECK_EXT_RESULTS_H

#include "registry.h"

/* Before a run: the results that `sr` has so far are not of it.  `runner` is
   ours of it, or NULL. */
void ck_results_begin(SRunner *sr, struct ck_runner *runner);

/* The results of the run, for the gate; see struct ls_gate_adapter. */
struct ls_gate_tally ck_results_add(int is_killed);
void ck_results_told(const struct leakslope_case *result,
                     const struct leakslope_report *measured,
                     enum leakslope_outcome outcome, const char *reason);

#endif
