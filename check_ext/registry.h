/* SPDX-License-Identifier: MIT */
/*
 * What the program registered with Check: runners, suites, test cases, tests.
 *
 *   runner ── suite ── tcase ── test      (ours, beside Check's own objects)
 *
 * A test is registered with Check as a shadow: the same location, a private
 * copy of the name and our trampoline as its function.  The copy makes the
 * name's address unique, so that tcase_name() tells which test runs and a
 * result's name tells which test it belongs to, whatever is named alike.
 *
 * Context: the runner, before and after tests; never inside one.
 */
#ifndef CHECK_EXT_REGISTRY_H
#define CHECK_EXT_REGISTRY_H

#include <check.h>
#include <leakslope.h>

#include "gate/gate.h"

/* What a program says itself (check_leak.h); 0 where it says nothing. */
struct ck_settings {
  unsigned iterations;
  unsigned warmup;
  double budget; /* seconds */
};
enum ck_gate { CK_GATE_UNSET, CK_GATE_ON, CK_GATE_OFF };

/* The check that repeats all tests of a suite, or of all suites. */
struct ck_scope {
  TTest test;
  char *name;      /* test's, at an address of its own */
  unsigned number; /* which of the run's scopes it is */
  int added;       /* Check knows it */
};

struct ck_fixture {
  SFun setup;
  SFun teardown;
  struct ck_fixture *next; /* in order of registration */
};

struct ck_test {
  TTest shadow; /* what Check knows */
  char *name;   /* the shadow's */
  const TTest *original;
  struct ck_tcase *tcase;
  int signal;       /* expected, 0 for none */
  int exit_value;   /* expected, 0 for none */
  int start, end;   /* loop indices that run */
  unsigned loops;   /* how many the program has registered */
  unsigned first;   /* which of the run's tests the first index is */
  char expects[32]; /* why it is not gated, where that is what it expects */
  struct ck_settings settings;
  char *reason; /* why it is not gated, NULL if it is */
  struct ck_test *next;
};

struct ck_tcase {
  TCase *handle;
  char *name;
  const char *given; /* the name's address as Check was given it */
  struct ck_suite *suite;
  double timeout; /* seconds, as Check has it; 0 is none */
  int ungated;    /* by the tag leakslope:off */
  char *tags;     /* NULL for none */
  enum ck_gate gate;
  struct ck_settings settings;
  void (*settle)(void);
  struct leakslope_limit *bounds; /* patterns are copies */
  unsigned nbounds;
  struct ck_fixture *checked;
  struct ck_fixture *unchecked;
  struct ck_test *tests;
  struct ls_gate_group group; /* as the gate knows it */
  struct ck_tcase *next;      /* of its suite, or of those not added yet */
};

struct ck_suite {
  Suite *handle;
  char *name;
  struct ck_runner *runner;
  enum ck_gate gate;
  struct ck_scope scope;
  struct ck_tcase *tcases;
  struct ck_suite *next; /* of its runner, or of those not added yet */
};

struct ck_runner {
  SRunner *handle;
  int scopes;                      /* enum leak_scope, 0: not set */
  struct ls_gate_outputs *outputs; /* its own; NULL for none */
  struct ls_gate_test *tests;      /* of its last run; see describe.h */
  struct ls_gate_scope *described; /* scopes, the session's at the end */
  struct LeakResult *leaks;
  struct ck_scope session;
  int has_judged;  /* Check knows the check of judged.h */
  char *judged[2]; /* under this suite's and test case's name */
  struct ck_suite *suites;
  struct ck_runner *next;
};

struct ck_tcase *ck_registry_new_tcase(TCase *handle, const char *name);
struct ck_suite *ck_registry_new_suite(Suite *handle, const char *name);
struct ck_runner *ck_registry_new_runner(SRunner *handle, Suite *first);
void ck_registry_add_tcase(Suite *suite, TCase *tcase);
void ck_registry_add_suite(SRunner *runner, Suite *suite);
void ck_registry_add_fixture(TCase *tcase, SFun setup, SFun teardown);
void ck_registry_add_unchecked(TCase *tcase, SFun setup, SFun teardown);

/* NULL without memory: the caller then registers the test as it is. */
struct ck_test *ck_registry_add_test(TCase *tcase, const TTest *test,
                                     int signal, int exit_value, int start,
                                     int end);

struct ck_tcase *ck_registry_tcase(const TCase *handle);
struct ck_suite *ck_registry_suite(const Suite *handle);
struct ck_runner *ck_registry_runner(const SRunner *handle);

/* The first of all runners. */
struct ck_runner *ck_registry_runners(void);

/* NULL for a test case without tests. */
struct ck_test *ck_registry_last_test(const struct ck_tcase *tcase);

/* The test whose shadow's name is at this address, in any runner; or NULL. */
struct ck_test *ck_registry_by_name(const char *name);

/* Check freed the runner and everything in it. */
void ck_registry_forget_runner(SRunner *handle);

/* Called when a runner or a test case is gone, to give back what hangs on it
   and is not the registry's own. */
void ck_registry_on_runner_gone(void (*call)(struct ck_runner *gone));
void ck_registry_on_tcase_gone(void (*call)(const struct ck_tcase *gone));

/* Calls visit(arg, test) for each test of the runner, in Check's order. */
void ck_registry_each(struct ck_runner *runner,
                      void (*visit)(void *arg, struct ck_test *test),
                      void *arg);

#endif
