/* SPDX-License-Identifier: MIT */
/*
 * One call of srunner_run*: what comes before the first test and after the
 * last.
 */
#ifndef CHECK_EXT_RUNNER_H
#define CHECK_EXT_RUNNER_H

#include <check.h>

#include "list.h"

/* Whether what the program says to Check is noted: all code of the user's that
   runs inside of srunner_run* is that of tests. */
int ck_runner_notes(void);

void ck_runner_run(SRunner *sr, const struct ck_filter *filter,
                   enum print_output mode);

/* The time limit that Check would set for this call, in seconds. */
double ck_runner_timeout(double seconds);
double ck_runner_default_timeout(void);

#endif
