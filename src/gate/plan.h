/* SPDX-License-Identifier: MIT */
/*
 * How a test is repeated, by what the adapter says of it.
 */
#ifndef LS_GATE_PLAN_H
#define LS_GATE_PLAN_H

#include "gate/gate.h"

void lsg_plan_of(const struct ls_gate_test *test, struct leakslope_plan *plan);

/* What the baseline calls the n-th test; good until the next call. */
const char *lsg_plan_name(unsigned n);

#endif
