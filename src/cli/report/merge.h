/* SPDX-License-Identifier: MIT */
/*
 * One report out of many: of programs, and of the parts that a program was run
 * in.
 *
 * A test is known by its program, suite, test case, name and loop index; where
 * a program has several that are named alike, by which of them it is.  What is
 * in many reports stands once, as it was found worst, and a verdict before
 * none: a test that ran in one part and was left out in another is the one that
 * ran.  Tests stand in the order that the program registered them in.
 */
#ifndef LS_CLI_MERGE_H
#define LS_CLI_MERGE_H

#include "report/model/model.h"

/* The merged report, to be freed with ls_report_free() and before those it is
   made of: it points into them.  NULL without memory. */
struct leakslope_report *cli_merge(struct leakslope_report *const *reports,
                                   size_t n);

#endif
