/* SPDX-License-Identifier: MIT */
/*
 * Check's set-ups, body and tear-downs as one pass, the test's own and those
 * that the gate asks for.
 *
 *   Check: set-ups   test (trampoline -> user's body)   tear-down (proxy)
 *                                                        ├ user's tear-downs
 *                                                        └ if it passed: the
 *                                                          gate repeats it
 *
 * The proper pass is Check's own, untouched; a leak is then raised in the same
 * process as an ordinary failure of Check's.
 */
#ifndef CHECK_EXT_PASS_H
#define CHECK_EXT_PASS_H

#include "registry.h"

/* The trampoline and the proxy tear-down, as Check knows them. */
void ck_pass_test(int i);
void ck_pass_teardown(void);

/* Before the first set-up of a test of `tcase`. */
void ck_pass_begin(const struct ck_tcase *tcase);

/* The test's own pass came by a mark, as each assertion is one. */
void ck_pass_mark(const char *file, int line);

/* What the gate repeats: one pass of a test, and the unchecked fixtures around
   all tests of a test case. */
void ck_pass_run(const struct ls_gate_test *test);
void ck_pass_enter(const struct ls_gate_group *group);
void ck_pass_leave(const struct ls_gate_group *group);

/* The name of the test that runs in a repetition; NULL elsewhere. */
const char *ck_pass_current(void);

#endif
