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
#ifndef CHECK_EXT_PROGRESS_H
#define CHECK_EXT_PROGRESS_H

#include <leakslope.h>

#include "registry.h"
#include "runner.h"

/* In the runner, before the first test. */
void ck_progress_begin(struct ck_runner *runner,
                       const struct ck_filter *filter);

/* What is about to be repeated: a test, or what `name` says. */
void ck_progress_test(const struct ck_test *test, int index);
void ck_progress_scope(const char *name);

void ck_progress_show(const struct leakslope_measurement *m);

/* The line goes as if it had not been there. */
void ck_progress_end(void);

#endif
