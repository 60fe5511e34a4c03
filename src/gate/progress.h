/* SPDX-License-Identifier: MIT */
/*
 * One line on a terminal while a test is repeated; nothing where standard error
 * is none.
 *
 *   leakslope: test 3 of 41, iteration 512 of 1021, 1 suspect, 2 s left: Core:
 *   test_put
 *
 * The process that waits for the copy writes it.  A test may have done anything
 * to its standard error: it is written to only while it is the same terminal
 * that the runner's was.  Nothing is shown where a test is repeated in place.
 */
#ifndef LS_GATE_PROGRESS_H
#define LS_GATE_PROGRESS_H

#include <leakslope.h>

/* In the runner, before the first test. */
void lsg_progress_begin(void);

/* What is about to be repeated: the test with this number, or what `name`
   says. */
void lsg_progress_test(unsigned test);
void lsg_progress_scope(const char *name);

void lsg_progress_show(const struct leakslope_measurement *m);

/* The line goes as if it had not been there. */
void lsg_progress_end(void);

#endif
