/* SPDX-License-Identifier: MIT */
/*
 * Which test cases a run takes, and their tests as a list.
 */
#ifndef CHECK_EXT_LIST_H
#define CHECK_EXT_LIST_H

#include "registry.h"

/* The option that names one test. */
#define CK_LIST_TEST "CK_LEAK_TEST"

/* The indices that a run takes of a test registered with [*start, *end): none
   where the option names another. */
void ck_filter_indices(const char *test, int *start, int *end);

/* What is to be run, as srunner_run_tagged() takes it. */
struct ck_filter {
  const char *suite;
  const char *tcase;
  const char *include;
  const char *exclude;
};

/* The filter that is in force: what was not given comes from Check's
   environment. */
struct ck_filter ck_filter_in_force(const struct ck_filter *given);

/* Whether it leaves anything out. */
int ck_filter_narrows(const struct ck_filter *filter);

/* Whether a run takes the tests of the test case. */
int ck_filter_takes(const struct ck_filter *filter,
                    const struct ck_tcase *tcase);

/* Prints "suite/tcase/test" for each test that a run would take. */
void ck_list(struct ck_runner *runner, const struct ck_filter *filter);

#endif
