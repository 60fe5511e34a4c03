/* SPDX-License-Identifier: MIT */
/*
 * Other threads of the program's, and what they have still to do for the
 * iterations that are over.  Context: runner.
 */
#ifndef LS_MEASURE_WORKERS_H
#define LS_MEASURE_WORKERS_H

#include "measure/measurement.h"

/* Whether this process has further threads. */
int ls_workers_exist(void);

/* Before the end of an iteration: waits until they have come to rest, for a
   quarter of a second at the most.  What they allocate and free meanwhile
   belongs to the iteration. */
void ls_workers_await(struct leakslope_measurement *m);

#endif
