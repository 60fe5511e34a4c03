/* SPDX-License-Identifier: MIT */
/*
 * One call of srunner_run*: what comes before the first test and after the
 * last.
 */
#ifndef CHECK_EXT_RUNNER_H
#define CHECK_EXT_RUNNER_H

#include <check.h>

/* 0 with CK_LEAK=no: everything is passed through untouched. */
int ck_runner_on(void);

void ck_runner_run(SRunner *sr, const char *sname, const char *tcname,
                   const char *include_tags, const char *exclude_tags,
                   enum print_output mode);

/* The time limit that Check would set for this call, in seconds. */
double ck_runner_timeout(double seconds);
double ck_runner_default_timeout(void);

#endif
