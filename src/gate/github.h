/* SPDX-License-Identifier: MIT */
/*
 * Annotations and the job's summary, where the program runs under GitHub
 * Actions (GITHUB_ACTIONS=true).
 *
 * Annotations are lines on standard output, behind what Check prints.  Where a
 * log or a report that machines read goes to standard output, they go to
 * standard error, which is read for them as well.
 */
#ifndef CHECK_EXT_GITHUB_H
#define CHECK_EXT_GITHUB_H

#include <check.h>
#include <leakslope.h>

#include "outputs.h"

/* Whether a report of the run is to be made for it. */
int ck_github_wanted(void);

/* `run`: on this run of `sr` alone. */
void ck_github_tell(SRunner *sr, const struct leakslope_report *run,
                    const struct ck_outputs *program,
                    const struct ck_outputs *runner);

#endif
