/* SPDX-License-Identifier: MIT */
/*
 * Measuring: an operation is repeated, and the call sites whose count or bytes
 * scale with the repetitions are named.  Part of leakslope.h, whose conventions
 * hold here.
 */
#ifndef LEAKSLOPE_MEASURE_H
#define LEAKSLOPE_MEASURE_H

#include "trace.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Measuring: does it scale with the number of repetitions? ----------- */

/* The closed table of what a measurement can say. */
enum leakslope_outcome {
  LEAKSLOPE_CLEAN,          /* nothing grows with the iterations */
  LEAKSLOPE_LEAK,           /* a call site's count or size scales with them */
  LEAKSLOPE_SATURATING,     /* grows, but ever more slowly */
  LEAKSLOPE_INCONCLUSIVE,   /* could not be decided; the reason says why */
  LEAKSLOPE_NOT_REPEATABLE, /* a repetition ended early, nothing grew before */
  LEAKSLOPE_NOT_GATED,      /* was not measured, by choice or by nature */
  LEAKSLOPE_NOT_ARMED       /* the tracer does not see the program */
};

/* "clean", "leak", "not repeatable": the words used in every report. */
LEAKSLOPE_API const char *leakslope_outcome_name(enum leakslope_outcome o);

/* See `holders` of a plan. */
enum leakslope_holders {
  LEAKSLOPE_HOLDERS_NONE,
  LEAKSLOPE_HOLDERS,
  LEAKSLOPE_HOLDERS_CLEAN
};

/* How many blocks of a call site may be alive; see leakslope_bound(). */
struct leakslope_limit {
  const char *pattern;
  size_t count;
};

/* How a measurement is made.  leakslope_plan_init() fills in the defaults and
   what the CK_LEAK_* environment says; change fields after that. */
struct leakslope_plan {
  unsigned iterations;    /* 0: as many as the question needs (61 to 4093);
                             8 or more: exactly that many */
  unsigned warmup;        /* repetitions before the baseline, at least 1 */
  double budget;          /* seconds for the repetitions; five times that for
                             an operation under suspicion.  The load of the
                             machine does not count: time in which the
                             operation was ready to run and had to wait for a
                             processor */
  int shortest;           /* 1: at most the shortest rung */
  int strict;             /* 1: what is not decided fails too */
  unsigned domains;       /* what is judged: bit 1 << enum leakslope_domain */
  unsigned first_rung;    /* judged first after so many iterations, where their
                             number is not fixed; 0: by what one costs
                             (CK_LEAK_FIRST_RUNG) */
  unsigned last_rung;     /* the last for a suspect; only with first_rung */
  void (*settle)(void *); /* called before the baseline and before each
                             judgement, in the loop's thread: frees what the
                             program frees late; up to 20 times more where
                             something would be blamed; may be NULL */
  void *settle_arg;
  const char *name; /* what the baseline calls the operation; NULL: it has no
                       leaks that are known already */
  const struct leakslope_limit *bounds; /* besides those of the program */
  size_t nbounds;
  unsigned part_of; /* a second look at what grew over so many iterations, with
                       fewer: bounds are as much smaller; 0: a first look */
  unsigned calls_from; /* what leakslope_calls_mark() gave before the operation
                          began: the report then tells which calls allocated
                          since; 0: it does not */
  double suspect_budget; /* seconds in all for an operation under suspicion; 0:
                            five times the budget */
  double wall; /* seconds of wall time after which it ends, however busy the
                  machine is, and even if `iterations` is given; 0: no limit but
                  the budget's, which counts a sixth of wall time at least */
  const struct leakslope_frame *itself; /* what is repeated, as a function, file
                       and line: the place where a traceback has no frame of
                       the program's own; NULL: it is not known */
  int holders; /* LEAKSLOPE_HOLDERS: what still points at the blocks of a leak
                  is looked for at its end, in a forked child.  _CLEAN: and from
                  the baseline on blocks are zeroed when they are handed out, so
                  that no stale pointer in them counts */
  const void *stack; /* the caller's frame, from which on outward the stack
                        counts as the program's; NULL: that of the loop */
  int rationed; /* 1: the budget is what the program's total budget leaves, and
                   less than was asked for: said where it was too little */
};

/* Returns 0, or -EINVAL when the environment holds an invalid value (see
   leakslope_options_check()). */
LEAKSLOPE_API int leakslope_plan_init(struct leakslope_plan *plan);

/*
 * Says that what a function holds is bounded: call sites whose traceback has a
 * frame that matches `pattern` (copied) are no leak as long as at most `count`
 * of their blocks are alive each.  What grows beyond is judged as ever.
 * The pattern is one of LeakSanitizer's suppressions, for a function, file or
 * module: part of the name, with '*' for anything, '^' and '$' for its ends;
 * or a pair "^caller$/^callee$", of a function and one that it called.
 * Said again for the same pattern, the new count holds; where several patterns
 * match, the largest.  Returns 0, -EINVAL for an empty pattern, -ENOSPC after
 * 256 patterns, -ENOMEM.
 */
LEAKSLOPE_API int leakslope_bound(const char *pattern, size_t count);

struct leakslope_report;

/*
 * Runs op(arg) as warm-up, baseline, N iterations and after, in this process
 * and thread, and judges every call site by how its live count and bytes went.
 * `plan` may be NULL for the defaults.  On success *report is to be freed with
 * leakslope_report_free(); -ENOTSUP when not tracing, -EINVAL for a bad plan,
 * -ENOMEM.
 */
LEAKSLOPE_API int leakslope_measure(void (*op)(void *), void *arg,
                                    const struct leakslope_plan *plan,
                                    struct leakslope_report **report);

/*
 * For a caller that owns the loop:
 *
 *   leakslope_measure_begin(plan, &m);
 *   while (leakslope_measure_iteration(m) > 0) operation();
 *   leakslope_measure_end(m, &report);
 *
 * The measurement's records are shared with copies that the process forks
 * after _begin, so the loop may run in a forked copy and _end be called in the
 * process that waited for it, however the copy ended.
 *
 * leakslope_measure_iteration() marks the end of the iteration before it and
 * returns 1 while another one is wanted, 0 when the question is decided.
 */
struct leakslope_measurement;
LEAKSLOPE_API int leakslope_measure_begin(const struct leakslope_plan *plan,
                                          struct leakslope_measurement **out);
LEAKSLOPE_API int leakslope_measure_iteration(struct leakslope_measurement *m);

/*
 * The last iteration could not be completed, for the reason given (copied;
 * at most 255 bytes are kept): an assertion that failed, a crash, a hang.
 * What the iterations before it show is judged first; only where they show
 * nothing is the outcome "not repeatable".
 */
LEAKSLOPE_API void leakslope_measure_ended(struct leakslope_measurement *m,
                                           const char *why);

/* Iterations completed so far, warm-up not included. */
LEAKSLOPE_API unsigned leakslope_measure_iterations(
    const struct leakslope_measurement *m);

/* Judges what was recorded and frees the measurement, also where the loop ran
   in a copy that died.  Errors as leakslope_measure(). */
LEAKSLOPE_API int leakslope_measure_end(struct leakslope_measurement *m,
                                        struct leakslope_report **report);

/* Frees a measurement without judging it. */
LEAKSLOPE_API void leakslope_measure_cancel(struct leakslope_measurement *m);

LEAKSLOPE_API void leakslope_report_free(struct leakslope_report *report);

/* Of a measurement's report. */
LEAKSLOPE_API enum leakslope_outcome leakslope_report_outcome(
    const struct leakslope_report *report);

/* Of a measurement's report: whether it fails a test, by the closed table. */
LEAKSLOPE_API int leakslope_report_fails(const struct leakslope_report *report,
                                         int strict);

/* Of a measurement's report: one line, "leak: +1 block/iteration (+1.0 KiB) at
   src/cache.c:9 in handle_request" for a leak, else outcome and reason. Belongs
   to the report. */
LEAKSLOPE_API const char *leakslope_report_message(
    const struct leakslope_report *report);

/* Of a measurement's report: the lines that follow the message in a failure
   text, each beginning with "# ": law, checkpoints, traceback. */
LEAKSLOPE_API const char *leakslope_report_details(
    const struct leakslope_report *report);

/* Of a measurement's report: the place that is blamed for most of the growth;
   NULL where there is none.  Belongs to the report. */
LEAKSLOPE_API const struct leakslope_frame *leakslope_report_place(
    const struct leakslope_report *report);

/* Of a measurement's report: iterations judged. */
LEAKSLOPE_API unsigned leakslope_report_iterations(
    const struct leakslope_report *report);

enum leakslope_format {
  LEAKSLOPE_FORMAT_TEXT,
  LEAKSLOPE_FORMAT_JUNIT,   /* XML, for CI services */
  LEAKSLOPE_FORMAT_JSON,    /* all that is known, for `leakslope report` */
  LEAKSLOPE_FORMAT_HTML,    /* one page, for people */
  LEAKSLOPE_FORMAT_GITHUB,  /* annotations: commands of GitHub Actions */
  LEAKSLOPE_FORMAT_MARKDOWN /* a summary */
};

/* Writes the report to `path`, whole or not at all ("-": standard output). */
LEAKSLOPE_API int leakslope_report_write(const struct leakslope_report *report,
                                         enum leakslope_format format,
                                         const char *path);

#ifdef __cplusplus
}
#endif

#endif
