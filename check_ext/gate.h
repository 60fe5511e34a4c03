/* SPDX-License-Identifier: MIT */
/*
 * The gate: what happens around and after a test's own pass.
 *
 *   Check: set-ups   test (trampoline -> user's body)   tear-down (proxy)
 *                                                        ├ user's tear-downs
 *                                                        └ if it passed: the
 *                                                          re-runs, in a copy
 *
 * The proper pass is Check's own, untouched; all that follows it happens in a
 * throw-away copy of the process (rerun.h), and a leak is then raised in the
 * original one as an ordinary failure of Check's.
 */
#ifndef CHECK_EXT_GATE_H
#define CHECK_EXT_GATE_H

#include <leakslope.h>
#include <sys/types.h>

#include "page.h"
#include "registry.h"

/* What the processes of the run that is going on know; set by the runner. */
struct ck_run {
  struct ck_page *page;
  pid_t runner;    /* the process that called srunner_run*, 0 outside of it */
  int report_only; /* CK_LEAK=report */
  int strict;
  int scopes; /* enum leak_scope */
  int armed;
  const char *off; /* why not armed */
  unsigned before; /* tests of the runs before this one */
  unsigned tests;  /* of this one, those that a filter leaves out too */
  int calls;       /* 1: reports tell which calls were made */
};
extern struct ck_run ck_run;

/* The trampoline and the proxy tear-down, as Check knows them. */
void ck_gate_test(int i);
void ck_gate_teardown(void);

/* Before the first set-up of a test of `tcase`. */
void ck_gate_begin(const struct ck_tcase *tcase);

/* The test's own pass came to its end, or to an assertion that failed. */
void ck_gate_ended(void);

/* Its own pass came by a mark, as each assertion is one. */
void ck_gate_mark(const char *file, int line);

/* Why a test is not gated; NULL if it is. */
const char *ck_gate_refusal(const struct ck_test *test);

/* How a test is to be repeated, by what was said for it. */
void ck_gate_plan(const struct ck_test *test, struct leakslope_plan *plan);

/* Seconds that the gate may need after the test's own pass. */
double ck_gate_allowance(const struct leakslope_plan *plan, double timeout);

#endif
