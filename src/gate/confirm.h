/* SPDX-License-Identifier: MIT */
/*
 * A second look at a leak, in another copy of the same untouched process.
 */
#ifndef LS_GATE_CONFIRM_H
#define LS_GATE_CONFIRM_H

#include "gate/rerun.h"

/*
 * Repeats the work of a leak once more, as long as the first time, and takes
 * the leak back in `report` where the second look is clean.  Nothing where the
 * report is no leak, or where the work was repeated in place.  `seconds`: what
 * the first look took; the total budget must hold twice as much.  0: it is not
 * asked.
 */
void lsg_confirm(struct leakslope_report *report, const struct lsg_work *work,
                 const struct leakslope_plan *plan, struct lsg_slot *slot,
                 double seconds);

#endif
