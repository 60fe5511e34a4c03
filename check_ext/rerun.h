/* SPDX-License-Identifier: MIT */
/*
 * Repeating a test: in a forked copy, or in place where threads are alive.
 */
#ifndef CHECK_EXT_RERUN_H
#define CHECK_EXT_RERUN_H

#include <leakslope.h>

#include "page.h"
#include "registry.h"

/*
 * Repeats set-ups, body and tear-downs of `test` at loop index `i` as `plan`
 * says and gives the report, or NULL when it could not be done (*cause says
 * why).  The process comes out of it as it went in; `last`: it is about to
 * end.
 */
struct leakslope_report *ck_rerun(const struct ck_test *test, int i,
                                  const struct leakslope_plan *plan,
                                  struct ck_slot *slot, int last,
                                  const char **cause);

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
