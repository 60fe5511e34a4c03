/* SPDX-License-Identifier: MIT */
/*
 * Repeating a test: in a forked copy, or in place where threads are alive.
 */
#ifndef CHECK_EXT_RERUN_H
#define CHECK_EXT_RERUN_H

#include <leakslope.h>

#include "page.h"
#include "registry.h"

/* What is repeated. */
struct ck_work {
  void (*pass)(void *arg);
  void *arg;
  double patience; /* seconds without progress (ck_progress) that are borne */
  int only_copy;   /* 1: never in place */
  int without;     /* 1: in a copy without the threads that are idle, too */
};

/* One test at one loop index: set-ups, body, tear-downs. */
struct ck_pass {
  const struct ck_test *test;
  int index;
};
void ck_pass_run(const struct ck_pass *pass);
struct ck_work ck_work_of(struct ck_pass *pass);

/* A pass may take as long as the test itself may. */
double ck_patience(const struct ck_tcase *tcase);

/* Which part of a pass begins, for leakslope_report_step(). */
void ck_rerun_step(unsigned step);

/* Calls the program's function between two passes. */
void ck_rerun_settle(SFun settle);

/*
 * Repeats `work` as `plan` says and gives the report, or NULL when it could
 * not be done (*cause says why).  The process comes out of it as it went in;
 * `last`: it is about to end.
 */
struct leakslope_report *ck_rerun(const struct ck_work *work,
                                  const struct leakslope_plan *plan,
                                  struct ck_slot *slot, int last,
                                  const char **cause);

/* A plan for a second look at what a first one found: with as many iterations.
   Fewer would take back what needs all of them to show, and a ladder may end
   at a rung where the first one went on. */
void ck_rerun_as_long(struct leakslope_plan *plan,
                      const struct leakslope_report *report);

/* Gives stdout and stderr back while what is repeated in place has none. */
void ck_rerun_speak(void);

/* 1 in a process that repeats a test (not in one that the test forked). */
int ck_rerun_active(void);
/* 1 also in processes forked by a test that is being repeated. */
int ck_rerun_inherited(void);

/* The repetition cannot go on, for this reason.  Does not return. */
void ck_rerun_stop(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* A mark was passed in a repetition; and where the last one was (NULL before
   the first). */
void ck_rerun_mark(const char *file, int line);
const char *ck_rerun_marked(int *line);

/* Code that calls the test: frames from here outward are not the user's. */
#define CK_OUTERMOST __attribute__((section("leakslope_outer"), noinline))
void ck_call_test(TFun function, int i);
void ck_call_fixture(SFun function);

/* Tear-downs run in reverse order of registration, as Check's do. */
void ck_call_teardowns(const struct ck_fixture *first);

#endif
