/* SPDX-License-Identifier: MIT */
/*
 * One cause is told once: the failure of the first test that a leak hits has
 * its traceback, that of a later one is a line that names the first.
 */
#ifndef LS_GATE_CAUSES_H
#define LS_GATE_CAUSES_H

#include <leakslope.h>

#include "gate/page.h"

/* Marks what earlier failures of the run have told of, and notes in the slot
   what this one tells. */
void lsg_causes_tell(struct leakslope_report *report, struct lsg_slot *slot);

#endif
