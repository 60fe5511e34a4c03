/* SPDX-License-Identifier: MIT */
/*
 * One line for a shell that measures a test again, from any folder.
 *
 *   cd '/home/me/cache' && CK_RUN_CASE='Core' CK_LEAK_TEST='put' ./test_cache
 */
#ifndef LS_GATE_REPEAT_H
#define LS_GATE_REPEAT_H

#include <leakslope.h>

#include "gate/gate.h"

/* Before the first test, which may change the working directory. */
void lsg_repeat_begin(void);

/* The command that repeats a test, and all tests of a suite or of the runner;
   good until the next call. */
const char *lsg_repeat(const struct leakslope_report *report,
                       const struct ls_gate_test *test);
const char *lsg_repeat_scope(int suite);

#endif
