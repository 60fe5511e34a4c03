/* SPDX-License-Identifier: MIT */
/*
 * What all repetitions of a program may cost together: CK_LEAK_TOTAL_BUDGET.
 *
 * Each test gets an equal share of what is left, so what quick tests leave goes
 * to the slow ones behind them.  A quarter is kept for tests under suspicion as
 * long as it is there.  A test whose share is too small even for the fewest
 * iterations that say anything is not repeated at all, so that the total is a
 * bound; that is said, with a total that would do.
 *
 * Counted is wall time, whatever the machine's load: who gives a number here
 * has a limit of time to keep.  On a busy machine fewer tests are judged within
 * it.
 */
#ifndef LS_GATE_BUDGET_H
#define LS_GATE_BUDGET_H

#include <leakslope.h>

#include "gate/page.h"

/* Before the first test of a run. */
void lsg_budget_begin(void);

/* Limits the budgets of a plan to a share for the test with this number, one
   pass of which took `pass` seconds.  Returns 0 if nothing useful is left for
   it: it is then not to be repeated. */
int lsg_budget_share(unsigned test, double pass, struct leakslope_plan *plan);

/* The same for a scope of n tests that together took `pass` seconds. */
int lsg_budget_share_scope(unsigned n, double pass,
                           struct leakslope_plan *plan);

/* 1 where no test gets any time any more, however short it is; one whose
   iterations are given has no budget. */
int lsg_budget_is_used_up(void);

/* In the process of a test, where the total is used up: this test and all that
   come are not judged, so they are not traced either, and cost little. */
void lsg_budget_quit(void);

/* In the runner, behind the last test: the program is traced again. */
void lsg_budget_trace_again(void);

/* Whether `seconds` are left, of which those that this test has used so far are
   not taken off yet: for a second look. */
int lsg_budget_has(double seconds);

/* A further look at the same test, of which the first took `used` seconds: the
   plan's wall time is as much less. */
void lsg_budget_less(struct leakslope_plan *plan, double used);

/* At the end of a test, in its process, and at the beginning of the next. */
void lsg_budget_gap_begins(void);
void lsg_budget_gap_ends(void);

/* Counts what was used since lsg_now() was `begin`. */
void lsg_budget_spent(double begin);

/* A test or scope was not repeated for want of time: counts what was missing.
 */
void lsg_budget_starved(const struct lsg_slot *slot);

/* After one was repeated: counts what was used since lsg_now() was `begin`, and
   what was missing where it got too little. */
void lsg_budget_used(const struct lsg_slot *slot, double begin,
                     const struct leakslope_plan *limited,
                     const struct leakslope_report *report);

/* Tests that got too little, and a total that would do for all; 0: none. */
unsigned lsg_budget_short(double *total);

#endif
