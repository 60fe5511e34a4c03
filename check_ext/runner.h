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

/* Whether what the program says to Check is noted: all code of the user's that
   runs inside of srunner_run* is that of tests. */
int ck_runner_notes(void);

/* Ends the program with a message and exit status 2. */
void ck_runner_refuse(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* What is to be run, as srunner_run_tagged() takes it. */
struct ck_filter {
  const char *suite;
  const char *tcase;
  const char *include;
  const char *exclude;
};

void ck_runner_run(SRunner *sr, const struct ck_filter *filter,
                   enum print_output mode);

/* Whether a result's name is that of the check which says "not armed". */
int ck_is_not_armed(const char *name);

/* The time limit that Check would set for this call, in seconds. */
double ck_runner_timeout(double seconds);
double ck_runner_default_timeout(void);

#endif
