/* SPDX-License-Identifier: MIT */
/*
 * leakslope for Check, in Check's words.
 *
 * A test program that is relinked with leakslope needs none of this: each of
 * its tests is gated by the defaults and the CK_LEAK_* environment.  What is
 * said here is said for one runner, suite, test case or test; the closest one
 * to the test wins, the environment comes after all of them, and CK_LEAK=no
 * beats all.
 *
 * Link with `pkg-config --libs leakslope-check`.  Conventions are Check's: the
 * functions are called by the thread that sets up and runs the tests, not from
 * inside a test; a value that is not allowed ends the program with a message
 * and exit status 2.
 */
#ifndef CHECK_LEAK_H
#define CHECK_LEAK_H

#include <check.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- What is gated ------------------------------------------------------- */

/* on: 0: the tests run once, and are shown as not gated; else gated again.
   A test case's own setting goes before its suite's, and before a tag
   `leakslope:off`. */
void tcase_set_leak_gate(TCase *tc, int on);
void suite_set_leak_gate(Suite *s, int on);

/* Adds a test that runs once, for the reason given (copied), which the reports
   show. */
void tcase_add_ungated_test(TCase *tc, const TTest *test, const char *reason);

/* ---- How it is repeated -------------------------------------------------- */

/* Options of one test; 0 leaves an option as it is for its test case. */
typedef struct LeakOptions {
  unsigned iterations; /* exactly that many, without a budget: 8 to 1000000 */
  unsigned warmup;     /* passes before the baseline: 1 to 100000 */
  double budget;       /* seconds: 0.001 to 86400 */
} LeakOptions;

/* Adds a test with options of its own (copied). */
void tcase_add_leak_test_options(TCase *tc, const TTest *test,
                                 const LeakOptions *options);

/* The same for all tests of a test case that have no such option. */
void tcase_set_leak_iterations(TCase *tc, unsigned n);
void tcase_set_leak_warmup(TCase *tc, unsigned n);
void tcase_set_leak_budget(TCase *tc, double seconds);

/* `settle` frees what the program frees late (deferred frees, pools, queues
   of a collector).  It is called before the baseline and before each
   judgement, outside of set-ups and tear-downs; and up to 20 times more within
   a tenth of a second where something would be blamed.  NULL: none. */
void tcase_set_leak_settle(TCase *tc, void (*settle)(void));

/* What a function holds is bounded: call sites whose traceback has a frame that
   matches `pattern` (copied) are no leak as long as at most `count` of their
   blocks are alive each; what grows beyond is judged as ever.  The pattern is
   one of LeakSanitizer's suppressions: part of the name of a function, file or
   module, with '*' for anything, '^' and '$' for its ends.  May be called for
   several patterns; where more than one matches, the largest count holds.
   leakslope_bound() of leakslope.h says the same for the whole program. */
void tcase_set_leak_bound(TCase *tc, const char *pattern, size_t count);

enum leak_scope {
  LEAK_SCOPE_TEST = 1,   /* each test by itself */
  LEAK_SCOPE_SUITE = 2,  /* all tests of a suite as one iteration */
  LEAK_SCOPE_SESSION = 4 /* all tests of the runner as one iteration */
};

/* scopes: one or more of enum leak_scope, joined by |. */
void srunner_set_leak_scope(SRunner *sr, int scopes);

/* ---- Results ------------------------------------------------------------- */

/* Writes JUnit XML after each run of this runner: to `file`, a folder or a
   name ending in '/' (TEST-<program>.xml in it), or "-".  Copied. */
void srunner_set_junit(SRunner *sr, const char *file);

/* The same as JSON (TEST-<program>.json), for `leakslope report`. */
void srunner_set_leak_json(SRunner *sr, const char *file);

/* The same as a page for people (TEST-<program>.html). */
void srunner_set_leak_html(SRunner *sr, const char *file);

/* Tests of this runner that leak, and that could not be decided. */
int srunner_ntests_leaked(SRunner *sr);
int srunner_ntests_inconclusive(SRunner *sr);

typedef struct LeakResult LeakResult;

enum leak_outcome {
  LEAK_CLEAN,
  LEAK_LEAK,
  LEAK_SATURATING,
  LEAK_INCONCLUSIVE,
  LEAK_NOT_REPEATABLE,
  LEAK_NOT_GATED,
  LEAK_NOT_ARMED
};

/* The tests that leak (srunner_ntests_leaked() of them), then NULL; and those
   of any outcome (srunner_ntests_run() of them), then NULL.  The array is to be
   freed by the caller with free(); the results belong to the runner and are
   good until srunner_free().  NULL without memory. */
LeakResult **srunner_leaks(SRunner *sr);
LeakResult **srunner_leak_results(SRunner *sr);

/* Names of test, test case and suite; loop index, 0 without a loop. */
const char *lr_tname(LeakResult *lr);
const char *lr_tcname(LeakResult *lr);
const char *lr_sname(LeakResult *lr);
int lr_iter(LeakResult *lr);
enum leak_outcome lr_outcome(LeakResult *lr);

/* One line: "leak: +1 block/iteration (+1.0 KiB) at src/cache.c:9 in put". */
const char *lr_msg(LeakResult *lr);

/* The place that is blamed; NULL and 0 where there is none, or no debug
   information. */
const char *lr_lfile(LeakResult *lr);
int lr_lno(LeakResult *lr);

#ifdef __cplusplus
}

/* tcase_add_leak_test_with(tc, test, options): a test with options. */
static inline void tcase_add_leak_test_with(TCase *tc, const TTest *test,
                                            const LeakOptions &options) {
  tcase_add_leak_test_options(tc, test, &options);
}
#else
/* tcase_add_leak_test_with(tc, test, .iterations = 50): a test with options. */
#define tcase_add_leak_test_with(tc, test, ...) \
  tcase_add_leak_test_options((tc), (test), &(const LeakOptions){__VA_ARGS__})
#endif

#endif
