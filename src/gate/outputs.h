/* SPDX-License-Identifier: MIT */
/*
 * Where the reports go: as JUnit XML, as JSON, as HTML.
 *
 * Each of them is asked for by an option of the environment or, for one
 * runner, by a call of check_leak.h, which goes before.
 */
#ifndef CHECK_EXT_REPORTS_H
#define CHECK_EXT_REPORTS_H

#include <leakslope.h>

enum ck_report_kind {
  CK_REPORT_JUNIT,
  CK_REPORT_JSON,
  CK_REPORT_HTML,
  CK_REPORTS
};

/* What is reported, and where that is to go. */
struct ck_outputs {
  struct leakslope_report *report;
  struct ck_output {
    char *given; /* by the runner; NULL: not set */
    char *file;  /* the full name, once it was tried; NULL: none */
  } of[CK_REPORTS];
};

/* The program's name as users know it: libtool runs its wrappers as lt-x. */
const char *ck_reports_program(void);

/* Sets what a runner asks for; NULL: nothing any more. */
void ck_reports_set(struct ck_output *output, const char *path);

/* Whether a runner asks for any. */
int ck_reports_given(const struct ck_outputs *runner);

/*
 * Finds and tries the files of this run by writing the reports to them, so that
 * a path which cannot be used ends the program before the first test.  What the
 * runner asks for gets its report, else what the environment does that of the
 * program.  `runner` may be NULL.
 */
void ck_reports_prepare(struct ck_outputs *program, struct ck_outputs *runner);

/* Writes them; a report that was asked for and cannot be there ends the
   program. */
void ck_reports_write(struct ck_outputs *program, struct ck_outputs *runner);

/* The runner is gone. */
void ck_reports_free(struct ck_outputs *runner);

#endif
