/* SPDX-License-Identifier: MIT */
/*
 * Child processes that nobody waits for: zombies, and those that run on.  Their
 * number is judged as a gauge's, with the domain thread.
 */
#ifndef LS_MEASURE_CHILDREN_H
#define LS_MEASURE_CHILDREN_H

struct leakslope_measurement;

/* At the baseline, and at the end of each iteration. */
void ls_children_baseline(struct leakslope_measurement *m);
void ls_children_boundary(struct leakslope_measurement *m);

/* After it: those that were waited for since. */
/* At the end: the record of those that are left gets the path of the fork that
   made most of them. */
void ls_children_blame(struct leakslope_measurement *m);
void ls_children_settle(struct leakslope_measurement *m);

/* 1 if there were more than at the baseline. */
int ls_children_left(const struct leakslope_measurement *m);

/* 1 if so many more are left behind that it is enough. */
int ls_children_stop(const struct leakslope_measurement *m);

#endif
