/* SPDX-License-Identifier: MIT */
/*
 * What makes two leaks one: the same call site, reached in the same way.
 *
 * A way is told by the names of functions from the blamed frame outward, not
 * by addresses, which change from build to build; the test's own function is
 * not in it, so that one bug which many tests reach is one cause.
 */
#ifndef LS_REPORT_CAUSE_H
#define LS_REPORT_CAUSE_H

#include "report/model/model.h"

/* The identity of one way to a site; equal for equal causes, never 0.  `test`
   is the name of the test, whose function ends the way; NULL: none does. */
uint64_t ls_cause_of_way(const struct ls_report_site *site,
                         const struct ls_report_path *way, const char *test);

/* Those of all ways that are known of a site; how many they are. */
size_t ls_cause_ways(const struct ls_report_site *site, const char *test,
                     uint64_t ways[LS_PATHS]);

/* The way that the site is shown by. */
struct ls_report_path ls_cause_shown(const struct ls_report_site *site);

/* The name of the test in what a baseline calls it ("Suite/Core/test_put[3]"),
   in `name`; NULL where there is none. */
const char *ls_cause_test(const struct ls_measured *m, char *name, size_t size);

/* ---- of a report --------------------------------------------------------- */

/* A leak, and which cause it is of. */
struct ls_caused {
  size_t test, site; /* indices */
  size_t cause;
  int is_known; /* an earlier leak of this cause was reached in each of its
                   ways: there is no more to tell */
};

struct ls_cause {
  size_t first; /* index of its first leak */
  size_t tests; /* how many tests have it */
};

struct ls_causes {
  size_t nleaks, n;
  struct ls_caused *leaks; /* in the order of the report */
  struct ls_cause *all;    /* most tests first */
  size_t tests;            /* that leak */
};

/* All leaks of a report by their causes, in the arena; 0 or -ENOMEM.  What is
   known, by other outcomes than a leak, is in none. */
int ls_causes_find(const struct leakslope_report *report,
                   struct ls_arena *arena, struct ls_causes *causes);

/* The cause of a test's worst leak, and whether all of its leaks are known:
   NULL where it has none. */
const struct ls_caused *ls_causes_of(const struct ls_causes *causes,
                                     size_t test, int *all_known);

/* The test whose failure tells of all that leaks in this one; NULL where this
   one has more to tell. */
const struct ls_case *ls_causes_teller(const struct leakslope_report *report,
                                       const struct ls_causes *causes,
                                       size_t test);

#endif
