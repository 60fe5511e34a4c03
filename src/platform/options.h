/* SPDX-License-Identifier: MIT */
/*
 * The one table of options: what --help, the man page and the checks of the
 * environment are made from.
 *
 * An option is an environment variable.  A value that is not allowed, and a
 * CK_LEAK_ variable that does not exist, is an error that names it: an option
 * that is silently ignored would be a gate that is silently off.
 * Context: ls_options_value() anywhere above the hook line.
 */
#ifndef LS_PLATFORM_OPTIONS_H
#define LS_PLATFORM_OPTIONS_H

#include <stddef.h>

#include "platform/domains.h"

/* name, default (NULL: none), allowed, meaning; `allowed` is either words
   joined by '|', "number A..B", "auto|number A..B", "list of words",
   "number A..B, or 0%..100%", "times A..B", "name" or "path". */
#define LS_OPTIONS(X)                                                        \
  X("CK_LEAK", "yes", "yes|report|no",                                       \
    "yes: gate; report: measure but never fail; no: as if never linked")     \
  X("CK_LEAK_ITERATIONS", "auto", "auto|number 8..1000000",                  \
    "auto: as many as the question needs; n: exactly n, without a budget")   \
  X("CK_LEAK_FIRST_RUNG", "auto", "auto|61|251|1021",                        \
    "when it is judged first; auto: by what a pass costs, on this machine")  \
  X("CK_LEAK_WARMUP", "3", "number 1..100000", "passes before the baseline") \
  X("CK_LEAK_BUDGET", "2", "seconds 0.001..86400",                           \
    "seconds per test for the re-runs; a suspect gets five times that")      \
  X("CK_LEAK_TOTAL_BUDGET", "60", "seconds 0.001..864000",                   \
    "seconds per program, shared by its tests: with too little, no verdict") \
  X("CK_LEAK_NFRAME", "64", "number 1..252", "frames kept per traceback")    \
  X("CK_LEAK_SCOPE", "test", "list test|suite|session",                      \
    "what is repeated as one iteration: each test, each suite, all of them") \
  X("CK_LEAK_DOMAINS", LS_DOMAIN_WORDS_COMMA, "list " LS_DOMAIN_WORDS_BAR,   \
    "what is judged; thread: child processes that nobody waits for, too")    \
  X("CK_LEAK_SUPPRESSIONS", NULL, "path",                                    \
    "file of leak:<pattern> lines, as LeakSanitizer's: no leak there")       \
  X("CK_LEAK_BASELINE", NULL, "path",                                        \
    "file of the leaks that are known: a new one fails, and a gone one too") \
  X("CK_LEAK_WORSE", "1.5", "times 1..1000",                                 \
    "a known leak fails when it grows by more than so many times its rate")  \
  X("CK_LEAK_STRICT", "no", "yes|no",                                        \
    "yes: inconclusive, saturating and not repeatable fail too")             \
  X("CK_LEAK_HOLDERS", "no", "yes|no",                                       \
    "yes: look for what still points at the blocks of a leak")               \
  X("CK_LEAK_JUDGED", NULL, "number 0..1000000, or 0%..100%",                \
    "the run fails where fewer of the tests that can be gated are judged")   \
  X("CK_LEAK_OUTPUT", "no", "yes|no", "yes: keep what re-runs print")        \
  X("CK_LEAK_LIST", "no", "yes|no",                                          \
    "yes: each run lists suite/tcase/test, and runs nothing")                \
  X("CK_LEAK_TEST", NULL, "name",                                            \
    "test, or test[3] of a loop: that test runs alone, by Check's filters "  \
    "too")                                                                   \
  X("CK_JUNIT_LOG_FILE_NAME", NULL, "path",                                  \
    "JUnit XML; a folder or a name ending in /: TEST-<program>.xml in it")   \
  X("CK_LEAK_JSON_FILE_NAME", NULL, "path",                                  \
    "all of it as JSON, for `leakslope report`; a folder as above")          \
  X("CK_LEAK_HTML_FILE_NAME", NULL, "path",                                  \
    "a page for people, with growth curves and sources; a folder as above")

struct ls_option {
  const char *name;
  const char *fallback;
  const char *allowed;
  const char *meaning;
};

extern const struct ls_option ls_options[];
extern const size_t ls_options_count;

/* The environment's value, else the default; NULL for an unknown name or an
   option with neither. */
const char *ls_options_value(const char *name);

/* Whether the value in force is `word` (or, for a list, contains it). */
int ls_options_is(const char *name, const char *word);

/* The value in force as a number, `otherwise` if it is not one ("auto"). */
double ls_options_number(const char *name, double otherwise);

/* The value in force of an option that is a number or a part: "90%" of `of`,
   rounded up, or the number; 0 where the option is not set. */
unsigned ls_options_part(const char *name, unsigned of);

/* Whether a value is allowed for an option: 0, or -EINVAL with a text. */
int ls_options_check_value(const char *name, const char *value, char *message,
                           size_t size);

/* 0, or -EINVAL with a text about the first bad variable in `message`. */
int ls_options_check(char *message, size_t size);

#endif
