/* SPDX-License-Identifier: MIT */
/*
 * Repeating a test: in a forked copy, or in place where threads are alive.
 */
#ifndef LS_GATE_RERUN_H
#define LS_GATE_RERUN_H

#include <leakslope.h>

#include "gate/gate.h"
#include "gate/page.h"

/* What is repeated. */
struct lsg_work {
  void (*pass)(void *arg);
  void *arg;
  double patience; /* seconds without progress (lsg_progress) that are borne */
  int only_copy;   /* 1: never in place */
  int without;     /* 1: in a copy without the threads that are idle, too */
};

/* A pass may take as long as the test itself may. */
double lsg_patience(const struct ls_gate_group *group);

/* Which part of a pass begins, for leakslope_report_step(). */
void lsg_rerun_step(unsigned step);

/* Calls the program's function between two passes. */
void lsg_rerun_settle(void (*settle)(void));

/*
 * Repeats `work` as `plan` says and gives the report, or NULL when it could
 * not be done (*cause says why).  The process comes out of it as it went in;
 * `last`: it is about to end.
 */
struct leakslope_report *lsg_rerun(const struct lsg_work *work,
                                   const struct leakslope_plan *plan,
                                   struct lsg_slot *slot, int last,
                                   const char **cause);

/* A plan for a second look at what a first one found: with as many iterations.
   Fewer would take back what needs all of them to show, and a ladder may end
   at a rung where the first one went on. */
void lsg_rerun_as_long(struct leakslope_plan *plan,
                       const struct leakslope_report *report);

/* Gives stdout and stderr back while what is repeated in place has none. */
void lsg_rerun_speak(void);

#endif
