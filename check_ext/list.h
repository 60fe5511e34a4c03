/* SPDX-License-Identifier: MIT */
/*
 * Which test cases a run takes, and their tests as a list.
 */
#ifndef CHECK_EXT_LIST_H
#define CHECK_EXT_LIST_H

#include "registry.h"
#include "runner.h"

/* The filter that is in force: what was not given comes from Check's
   environment. */
struct ck_filter ck_filter_in_force(const struct ck_filter *given);

/* Whether it leaves anything out. */
int ck_filter_narrows(const struct ck_filter *filter);

/* Whether a run takes the tests of the test case. */
int ck_filter_takes(const struct ck_filter *filter,
                    const struct ck_tcase *tcase);

/* How many tests (each loop index is one) a run takes, of those that come
   before `until`; NULL: of all. */
unsigned ck_filter_count(struct ck_runner *runner,
                         const struct ck_filter *filter,
                         const struct ck_test *until);

/* Prints "suite/tcase/test" for each test that a run would take. */
void ck_list(struct ck_runner *runner, const struct ck_filter *filter);

#endif
