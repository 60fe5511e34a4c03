/* SPDX-License-Identifier: MIT */
/*
 * From Check's results to the report.
 */
#ifndef CHECK_EXT_RESULTS_H
#define CHECK_EXT_RESULTS_H

#include <check.h>
#include <leakslope.h>

#include "page.h"
#include "registry.h"
#include "runner.h"

struct ck_tally {
  int results;    /* of Check's, in this run */
  int through_us; /* tests whose registration the gate saw */
};

/* Adds the results of `sr` from the `first`th on to the reports on the program
   and on this run; the latter may be NULL.  `runner` is ours of it, or NULL.
   Without `sr` there are none. */
struct ck_tally ck_results_add(struct leakslope_report *report,
                               struct leakslope_report *run, SRunner *sr,
                               int first, struct ck_runner *runner);

/* Behind the above, where the signal `by` has ended the run: adds the tests
   that have no result.  What was judged of one is reported, and of each other
   that it was not; gives how many these are. */
unsigned ck_results_add_open(struct leakslope_report *report,
                             struct leakslope_report *run,
                             struct ck_runner *runner,
                             const struct ck_filter *filter, const char *by);

/* One line on stderr for each test that was to be judged and was not, or that
   shows something which does not fail. */
void ck_results_say(struct ck_runner *runner, struct ck_page *page, int strict);

#endif
