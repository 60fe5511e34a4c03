/* SPDX-License-Identifier: MIT */
/*
 * How far growth may go before a run is stopped: enough to judge, far from
 * harming the machine or whoever else is on it.
 */
#ifndef LS_MEASURE_LIMITS_H
#define LS_MEASURE_LIMITS_H

#include "measure/measurement.h"

/* At the baseline: what the process is allowed, and what it has. */
void ls_limits_baseline(struct leakslope_measurement *m);

/* Whether growth of memory, or of a kind of kernel object, ends the run. */
int ls_limits_memory_stops(const struct leakslope_measurement *m);
int ls_limits_objects_stop(const struct leakslope_measurement *m);

/* A small file of /proc, without stdio; the length read.  `size` includes the
   NUL at its end. */
size_t ls_limits_read(const char *path, char *text, size_t size);

#endif
