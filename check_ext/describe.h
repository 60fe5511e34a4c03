/* SPDX-License-Identifier: MIT */
/*
 * The tests and scopes of a runner as the gate takes them.
 */
#ifndef CHECK_EXT_DESCRIBE_H
#define CHECK_EXT_DESCRIBE_H

#include "list.h"
#include "registry.h"

/* Describes the next run of the runner, which may be NULL: then of no tests.
   The arrays are good until the runner's next run, or its end.  Without memory
   for them the run has no tests, and is not gated. */
void ck_describe(struct ck_runner *runner, const struct ck_filter *filter,
                 struct ls_gate_run *run);

#endif
