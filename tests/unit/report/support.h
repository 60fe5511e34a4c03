/* SPDX-License-Identifier: MIT */
/* Reports to write about, and the shortest way to run a suite. */
#ifndef TEST_REPORT_SUPPORT_H
#define TEST_REPORT_SUPPORT_H

#include <check.h>

#include "report/model/model.h"

/* A leak of one block of 1 KiB in each of 251 iterations, src/cache.c:9. */
extern const struct ls_report_site leaking_site;

/* A descriptor in each; its innermost frame is without debug information. */
extern const struct ls_report_site leaking_fd;

/* A buffer that doubles. */
extern const struct ls_report_site doubling_site;

/* A measurement of 251 iterations with this outcome and no site. */
struct ls_measured measured(enum ls_outcome outcome, enum ls_reason reason);

/* The leak of `leaking_site`. */
struct ls_measured measured_leak(void);

/* A test that passed, in suite "Cache", case "Core". */
struct leakslope_case passed(const char *name);

/* Adds a case, or aborts. */
void add(struct leakslope_report *report, const struct leakslope_case *test,
         const struct ls_measured *m, const char *reason);

/* A report with one case for every outcome, result and reason. */
struct leakslope_report *full_report(void);

/* A report with a test that LeakSanitizer says has lost something. */
struct leakslope_report *lost_report(void);

/* A report whose strings are what nobody expects. */
struct leakslope_report *evil_report(void);

/* A text in an arena of its own, which lives as long as the test's process. */
struct ls_text new_text(void);

/* How often `part` occurs in `whole`. */
unsigned occurrences(const char *whole, const char *part);

/* Pseudo-random, from a fixed seed: the same in every run. */
uint32_t next_random(uint32_t *state);

/* Runs it as main() does; the exit code. */
int run_suite(Suite *suite);

#endif
