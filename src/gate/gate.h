/* SPDX-License-Identifier: MIT */
/*
 * The gate: a test that passed is repeated in a throw-away copy of its process,
 * and fails if what is alive there grows with the number of repetitions.
 *
 * This layer knows no test framework.  An adapter describes the tests of a run
 * and tells the gate where each test is; the gate forks, repeats, judges and
 * writes the reports.  `check_ext` is the adapter for Check, `tests/adapter`
 * has one for a plain main().
 *
 * The calls of an adapter, in their order:
 *
 *   ls_gate_open(run)                 in the runner, before the first test
 *     ls_gate_before(limit)           in the process of the test, which may be
 *                                     the runner: before its first set-up
 *     ls_gate_enter(n)                before its body
 *     ls_gate_leave()                 its body has returned
 *     ls_gate_tear_down()             before its tear-downs
 *     ls_gate_after()                 after them
 *     ls_gate_judge(n, text, size)    only then, and only if it has passed
 *     ls_gate_scope(i, ...)           after the tests that a scope repeats
 *   ls_gate_close()                   in the runner, after the last test
 *
 * Threads: all of it is for the thread that runs the tests.  Memory: what is
 * given in `struct ls_gate_run`, with all that it points to, stays as it is
 * until ls_gate_close() has returned.
 */
#ifndef LS_GATE_GATE_H
#define LS_GATE_GATE_H

#include <leakslope.h>
#include <stddef.h>

/* ---- what an adapter describes ------------------------------------------- */

/* Tests that share fixtures: a test case, a file. */
struct ls_gate_group {
  const char *suite; /* names, never NULL */
  const char *name;
  double limit; /* seconds that one pass of a test may take; 0: no limit */
  const struct leakslope_limit *bounds; /* what may be alive, see leakslope.h */
  size_t nbounds;
  void (*settle)(void); /* frees what the program frees late; or NULL */
  const void *of;       /* the adapter's own */
};

/* One test; each index of a loop is a test. */
struct ls_gate_test {
  const struct ls_gate_group *group;
  const char *name;
  int index;      /* of its loop; -1: it is in none */
  unsigned loops; /* how many indices its loop has; 1: it is in none */
  const char *file;
  int line;
  const char *refusal; /* why it is not repeated; NULL: it is */
  int is_left_out;     /* 1: a filter of the user's leaves it out of this run */
  unsigned iterations; /* exactly that many; 0: as the ladder says */
  unsigned warmup;     /* passes before the baseline; 0: the default */
  double budget;       /* seconds; 0: the default */
  const void *of;      /* the adapter's own, equal for all indices of a loop */
};

/* Tests that are also repeated together, as one iteration: those of a suite, or
   all. */
struct ls_gate_scope {
  const char *suite; /* NULL: all tests of the run */
  unsigned first, n; /* which of the run's tests */
};

/* What is judged; 0: as CK_LEAK_SCOPE says. */
enum ls_gate_scopes {
  LS_GATE_EACH = 1,   /* each test by itself */
  LS_GATE_SUITE = 2,  /* the tests of a suite as one iteration */
  LS_GATE_SESSION = 4 /* all tests as one iteration */
};

/* ---- where reports go ---------------------------------------------------- */

enum ls_gate_output {
  LS_GATE_JUNIT,
  LS_GATE_JSON,
  LS_GATE_HTML,
  LS_GATE_OUTPUTS
};

/* Files that one run asks for, beside those of the environment. */
struct ls_gate_outputs;

/* Asks for a file: a path, a folder, "-" for standard output, or NULL for none
   any more.  *outputs is NULL at first, and to be freed in the end.  The path
   is copied, and not tried before ls_gate_open(). */
void ls_gate_outputs_set(struct ls_gate_outputs **outputs,
                         enum ls_gate_output which, const char *path);
void ls_gate_outputs_free(struct ls_gate_outputs **outputs);

/* ---- what an adapter answers --------------------------------------------- */

/* How many results the framework has, and of how many the gate was told. */
struct ls_gate_tally {
  unsigned results, seen;
};

struct ls_gate_adapter {
  /* One pass of a test: set-ups, body, tear-downs.  In a process that the test
     forked and that returns from it, this must not return: it asks
     ls_gate_repeats_here() behind the body. */
  void (*pass)(const struct ls_gate_test *test);

  /* Fixtures around all tests of a group, for scopes; may be NULL. */
  void (*enter)(const struct ls_gate_group *group);
  void (*leave)(const struct ls_gate_group *group);

  /* Calls ls_gate_result() for each result that the framework has so far.
     `is_killed`: in a process that a signal made for it; memory of the
     program's is to be left alone. */
  struct ls_gate_tally (*results)(int is_killed);

  /* A result as the reports have it, or NULL; `measured` may be NULL. */
  void (*told)(const struct leakslope_case *result,
               const struct leakslope_report *measured,
               enum leakslope_outcome outcome, const char *reason);

  /* Writes the variables that make the framework run this test, and few others:
     "CK_RUN_CASE='Core'". */
  void (*select)(const struct ls_gate_test *test, char *text, size_t size);

  /* Bytes that the framework takes as the text of a failure, with the NUL. */
  size_t (*longest)(void);

  const char *const *filters; /* variables that leave tests out, in a fixed
                                 order, then NULL; or NULL */
  const char *started_by; /* before the program's name where it is repeated */
  const char *hint;       /* what to do where the gate sees not all tests */
  const char *setters[LS_GATE_OUTPUTS]; /* what ls_gate_outputs_set() is called
                                           there, for messages */
};

struct ls_gate_run {
  const struct ls_gate_adapter *adapter;
  const struct ls_gate_test *tests; /* in the order in which they run */
  unsigned ntests;
  const struct ls_gate_scope *scopes;
  unsigned nscopes;
  int which;        /* enum ls_gate_scopes */
  int is_narrowed;  /* 1: a filter leaves tests out, so no scopes */
  int takes_stdout; /* 1: the framework writes a report to standard output */
  struct ls_gate_outputs **outputs; /* NULL: none of its own */
};

/* ---- a run --------------------------------------------------------------- */

/* 0 with CK_LEAK=no: nothing of the gate is to be used. */
int ls_gate_is_on(void);

/* 1 from ls_gate_open() to ls_gate_close(). */
int ls_gate_is_open(void);

/* Ends the program with a message on standard error and exit status 2, for a
   setting that is not valid. */
void ls_gate_refuse(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* Whether an option has this value. */
int ls_gate_option_is(const char *name, const char *value);

/* Checks the CK_LEAK_* options; one that is not valid ends the program.  Part
   of ls_gate_open(), for a program that only lists its tests. */
void ls_gate_check(void);

/* Checks options and report files, and proves that the tracer sees the
   program's allocations.  1: armed.  0: the gate stands down, beside Valgrind
   for instance; all calls below are then allowed and judge nothing.  -1: not
   armed, and ls_gate_off() says why: the adapter must let the run fail. */
int ls_gate_open(const struct ls_gate_run *run);
const char *ls_gate_off(void);

/* Seconds that the gate may take behind the test's own pass, for a framework
   that has a limit of its own for the process. */
double ls_gate_allowance(const struct ls_gate_test *test);

/* Whether the run repeats the i-th scope. */
int ls_gate_wants(unsigned scope);

/* Writes the reports, and says on standard error what there is to say. */
void ls_gate_close(void);

/* ---- one test ------------------------------------------------------------ */

/* limit: seconds for the test's own pass, after which the runner is sent
   SIGALRM; 0: none. */
void ls_gate_before(double limit);

/* n: which of the run's tests. */
void ls_gate_enter(unsigned n);
void ls_gate_leave(void);

/* The test's own pass has ended with an assertion that failed. */
void ls_gate_failed(void);

void ls_gate_tear_down(void);
void ls_gate_after(void);

/* 1 in a process that was made for a test. */
int ls_gate_is_apart(void);

enum { LS_GATE_TEXT = 3584 }; /* bytes that are enough for any text */

/* Repeats the test and judges it; 1 if it fails, with the text of its failure,
   else 0.  To be called in the process that ls_gate_enter() was called in. */
int ls_gate_judge(unsigned n, char *text, size_t size);

/* The same of all tests of a scope.  *at is the test that the failure is laid
   to; NULL where it is none of them. */
int ls_gate_scope(unsigned scope, char text[LS_GATE_TEXT],
                  const struct ls_gate_test **at);

/* 1 where CK_LEAK_JUDGED asks for judged tests.  The adapter then has a check
   of its own behind all tests, in a process of which it calls
   ls_gate_too_few(). */
int ls_gate_asks_for_judged(void);

/* Whether too few of the tests so far were judged: 1, with the text of a
   failure. */
int ls_gate_too_few(char *text, size_t size);

/* ---- during a repetition ------------------------------------------------- */

/* 1 in a process that repeats a test; and 1 also in one that such a test has
   forked. */
int ls_gate_repeats_here(void);
int ls_gate_repeats(void);

/* The repetition cannot go on, for this reason: an assertion failed.  Does not
   return. */
void ls_gate_stop(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* A line that the test came by, for words on where it crashed. */
void ls_gate_mark(const char *file, int line);

/* Functions that call the program's code: frames from here outward are not the
   user's. */
#define LS_GATE_OUTERMOST __attribute__((section("leakslope_outer"), noinline))

/* ---- results ------------------------------------------------------------- */

/* One result of the framework's, for the reports.  `number`: which of the run's
   tests, or LS_GATE_SCOPED plus the scope; its name, place and time are filled
   in. */
enum { LS_GATE_SCOPED = 1 << 30 };
void ls_gate_result(unsigned number, struct leakslope_case *result);

/* A result of none of the run's tests: with its outcome, and the reason.  It
   stands in the reports behind the test with the number `behind`. */
void ls_gate_foreign(unsigned behind, struct leakslope_case *result,
                     enum leakslope_outcome outcome, const char *reason);

#endif
