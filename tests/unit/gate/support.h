/* SPDX-License-Identifier: MIT */
/* A run of the gate's that no framework is behind. */
#ifndef UNIT_GATE_SUPPORT_H
#define UNIT_GATE_SUPPORT_H

#include <check.h>

#include "gate/gate.h"
#include "gate/run.h"

extern const struct ls_gate_group first_group, second_group;

/* What the run has; the tests of `test` are described by it. */
enum { TESTS = 6 };
extern struct ls_gate_test tests[TESTS];

/* Bytes that the framework takes as the text of a failure. */
extern size_t longest;

/* Sets up lsg_run with these tests, a page and one scope over all. */
void begin_run(void);
void end_run(void);

/* Runs the test case under this name; the exit status of the program. */
int run_case(const char *name, TCase *tcase);

#endif
