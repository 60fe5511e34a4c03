/* SPDX-License-Identifier: MIT */
/*
 * What an adapter of a test framework needs beside measuring: options,
 * suppressions, reports on many tests, blocks that are lost at once.  A program
 * that measures by itself needs none of it.  Part of leakslope.h, whose
 * conventions hold here.
 */
#ifndef LEAKSLOPE_GATE_H
#define LEAKSLOPE_GATE_H

#include "measure.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The address of the C library's own function of that name, whatever function
   of that name the program has; where the C library has none, of the program's;
   NULL where there is none at all. */
LEAKSLOPE_API void *leakslope_libc_function(const char *name);

/* Traces nothing any more in this process, which is not asked about its memory
   again and ends soon.  leakslope_stop() forgets what was traced; this leaves
   it as it is, and touches next to no memory.  Any thread. */
LEAKSLOPE_API void leakslope_quit(void);

/* The same in any process of the program, from its next fork on, once *flag is
   LEAKSLOPE_QUITS: it lies in memory that they share.  NULL: no flag any more;
   leakslope_stop() and leakslope_start() trace again.  The flag stays the
   caller's, and must be readable until another is set.  From one thread at a
   time. */
enum { LEAKSLOPE_QUITS = 0x71756974 };
LEAKSLOPE_API void leakslope_quit_when(const uint32_t *flag);

/* A mark in the growing list of tracebacks; never 0. */
LEAKSLOPE_API unsigned leakslope_calls_mark(void);

/*
 * Adds suppressions: lines as in the file of CK_LEAK_SUPPRESSIONS (copied; NULL
 * for none), such as __lsan_default_suppressions() gives where it is not seen
 * from here.  Returns as leakslope_options_check().
 */
LEAKSLOPE_API int leakslope_suppress(const char *text, const char **message);

/*
 * Checks every CK_LEAK_* variable, and the files that they name.  Returns 0;
 * or -EINVAL, and *message (if not NULL) is a constant-lifetime text that names
 * the first bad variable or line, its value and what is allowed.
 */
LEAKSLOPE_API int leakslope_options_check(const char **message);

/* The value in force of an option of the table ("CK_LEAK_WARMUP"): from the
   environment, else its default; NULL for an option with neither. */
LEAKSLOPE_API const char *leakslope_option(const char *name);

/* The value in force of an option that is a number or a part of something
   (CK_LEAK_JUDGED): of "90%" so much of `of`, rounded up; else the number; 0
   where the option is not set. */
LEAKSLOPE_API unsigned leakslope_option_part(const char *name, unsigned of);

/*
 * An iteration of several parts may say in which it is: what is allocated or
 * resized from here on, by any thread, counts as done in step `step` (1 to
 * 2047; 0, or a greater one: in none), until the next call.  To be called by
 * the thread that owns the loop, between two calls of _iteration.
 */
LEAKSLOPE_API void leakslope_measure_step(struct leakslope_measurement *m,
                                          unsigned step);

/* How far a measurement is; may be asked for by another process than that of
   the loop. */
struct leakslope_progress {
  unsigned iterations; /* completed, warm-up not included */
  unsigned planned;    /* to the next judgement; 0: not known yet */
  unsigned suspects;   /* call sites under suspicion at the latest one */
  double seconds_left; /* to the next judgement, as it goes now; negative: not
                          known yet */
};
LEAKSLOPE_API void leakslope_measure_progress(
    const struct leakslope_measurement *m, struct leakslope_progress *progress);

/* Marks `first`, the report of a measurement that found a leak, by what a
   second measurement of the same operation found: where that one is clean, and
   was not cut short by time, the first becomes inconclusive.  Returns 1 if it
   was changed, else 0. */
LEAKSLOPE_API int leakslope_report_confirm(
    struct leakslope_report *first, const struct leakslope_report *second);

/*
 * Frames in code at [begin, end) and outside of it (its callers) are left out
 * of every traceback from now on: a test layer marks the function that calls
 * the test, so that tracebacks end with the test itself.  Returns 0 or
 * -ENOSPC after four ranges.
 */
LEAKSLOPE_API int leakslope_set_outermost(const void *begin, const void *end);

/* ---- Lost blocks: with LeakSanitizer in the program --------------------- */

/*
 * LeakSanitizer (of -fsanitize=leak, or of address) finds blocks that nothing
 * points to, in the whole process and at its end.  These three ask it about
 * what was allocated since a moment.  All of them may be called where there is
 * no LeakSanitizer; from one thread at a time.
 *
 * leakslope_lost_begin() marks the moment: 0, -ENOTSUP without LeakSanitizer
 * or when not tracing, -ENOMEM.
 *
 * leakslope_lost_suspected() is 1 if a block of after it is alive, else 0.
 *
 * leakslope_lost_find() is to be called in a forked copy of the process, of
 * one thread, that ends soon: LeakSanitizer is not of use in it afterwards.  1
 * if blocks of after the moment are lost, its report is then in the open file
 * `fd`; 0 if none is; -ENOTSUP as above.
 */
LEAKSLOPE_API int leakslope_lost_begin(void);
LEAKSLOPE_API int leakslope_lost_suspected(void);
LEAKSLOPE_API int leakslope_lost_find(int fd);

enum leakslope_result {
  LEAKSLOPE_PASSED,
  LEAKSLOPE_FAILED, /* an assertion failed, a leak included */
  LEAKSLOPE_ERROR   /* crashed, timed out or ended early */
};

/* One test of a report.  Strings are copied. */
struct leakslope_case {
  const char *suite;
  const char *tcase;
  const char *name;
  int index;        /* of a loop test, or -1 */
  const char *file; /* where the test is defined; may be NULL */
  int line;
  double seconds; /* of the test's own pass; negative counts as 0 */
  enum leakslope_result result;
  const char *message;      /* of a failure or an error; may be NULL */
  const char *message_file; /* where that was; may be NULL */
  int message_line;
  unsigned position;  /* its place among all tests of the program, run or not:
                         what reports on parts of a program are joined by */
  const char *repeat; /* the command that measures it again; may be NULL */
  const char *failure_type; /* in JUnit's `type`; NULL: by the result.  With
                               one, `message` is a line and more below it */
};

/* An empty report on `program` (its name in the report; copied), with the
   options that are in force. */
LEAKSLOPE_API int leakslope_report_new(const char *program,
                                       struct leakslope_report **report);

/* Adds a test, with what was measured of it (may be NULL: not gated, with
   `reason` saying why). */
LEAKSLOPE_API int leakslope_report_add(struct leakslope_report *report,
                                       const struct leakslope_case *test,
                                       const struct leakslope_report *measured,
                                       const char *reason);

/* Adds a test that was not measured: LEAKSLOPE_NOT_GATED, LEAKSLOPE_NOT_ARMED
   or, where there was no time for it, LEAKSLOPE_INCONCLUSIVE, with the reason
   (copied; may be NULL).  -EINVAL for another outcome. */
LEAKSLOPE_API int leakslope_report_add_unmeasured(
    struct leakslope_report *report, const struct leakslope_case *test,
    enum leakslope_outcome outcome, const char *reason);

/* Of a measurement's report: `note` (copied) is said with the verdict, after
   what is noted already. */
LEAKSLOPE_API int leakslope_report_add_note(struct leakslope_report *report,
                                            const char *note);

/* Of a measurement's report that found a leak: call sites that `earlier`, of
   another measurement, blames too are taken out; without any left the outcome
   is clean.  Returns how many were taken out. */
LEAKSLOPE_API unsigned leakslope_report_discount(
    struct leakslope_report *report, const struct leakslope_report *earlier);

/*
 * One bug may be found by many tests.  Of a measurement's report that found a
 * leak, _causes writes up to `n` numbers, one for each way to each of its call
 * sites, and returns how many: two reports of a program have a number in common
 * where one site was reached through the same functions, that of the test
 * itself left out.
 *
 * _retell marks the call sites of a report of which each way is among `causes`:
 * message and details then say in one line that they are told of in `where` (a
 * test; copied).  Returns how many it marked.
 */
LEAKSLOPE_API unsigned leakslope_report_causes(
    const struct leakslope_report *report, uint64_t *causes, unsigned n);
LEAKSLOPE_API unsigned leakslope_report_retell(struct leakslope_report *report,
                                               const uint64_t *causes,
                                               unsigned n, const char *where);

/* "32 tests leak, from 4 places", and a line for each of these; "" where fewer
   than two tests leak.  Belongs to the report. */
LEAKSLOPE_API const char *leakslope_report_places(
    const struct leakslope_report *report);

/* Of a measurement's report: the step of an iteration (see
   leakslope_measure_step()) in which most of what the worst call site holds
   was allocated or resized; 0 where no step was said, or where the loop ran in
   a copy that died. */
LEAKSLOPE_API unsigned leakslope_report_step(
    const struct leakslope_report *report);

/* Call sites of the report that grow, and are accepted: suppressed, in the
   baseline, or within their bound. */
LEAKSLOPE_API unsigned leakslope_report_accepted(
    const struct leakslope_report *report);

/* What suppressions did in this report, a line each, and "" where there are
   none: "suppressed: 3 call sites by leak:cache_put (known.supp:4)".
   whole: 1: every test ran, so that a pattern of the file that matched nothing
   is told too.  Belongs to the report. */
LEAKSLOPE_API const char *leakslope_report_suppressions(
    const struct leakslope_report *report, int whole);

/* How many tests of the report had this outcome. */
LEAKSLOPE_API unsigned leakslope_report_count(
    const struct leakslope_report *report, enum leakslope_outcome outcome);

/* "41 tests: 38 judged, 1 leak, 1 not repeatable, 1 not gated".  Belongs to
   the report. */
LEAKSLOPE_API const char *leakslope_report_summary(
    const struct leakslope_report *report);

/* A file that is to be shown with each test that failed, in reports as JUnit
   XML: under GitLab CI (GITLAB_CI=true), where it is below CI_PROJECT_DIR.
   0, or -ENOMEM. */
LEAKSLOPE_API int leakslope_report_attach(struct leakslope_report *report,
                                          const char *file);

/* The same to an open descriptor, from where it stands, in one piece where the
   system takes it so. */
LEAKSLOPE_API int leakslope_report_write_fd(
    const struct leakslope_report *report, enum leakslope_format format,
    int fd);

/*
 * A measurement's report as bytes, to carry it between processes (shared
 * memory, a pipe) of the same program and version.  _encode returns the bytes
 * needed, and writes them if `size` is enough; _decode makes a new report.
 */
LEAKSLOPE_API size_t leakslope_report_encode(
    const struct leakslope_report *report, void *buffer, size_t size);
LEAKSLOPE_API int leakslope_report_decode(const void *buffer, size_t size,
                                          struct leakslope_report **report);

#ifdef __cplusplus
}
#endif

#endif
