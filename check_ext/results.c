/* SPDX-License-Identifier: MIT */
/* Finds the test of each of Check's results, and hands it to the gate. */
#include "results.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "gate/heap.h"
#include "judged.h"
#include "leaks.h"
#include "not_armed.h"
#include "scopes.h"

/*
 * A result's test and loop index have no accessor in the Check that is in use
 * everywhere.  The struct has had this form since 0.11; it is believed only if
 * every field that does have an accessor agrees, for every result.
 */
struct mirror {
  int rtype;
  int ctx;
  char *file;
  int line;
  int iter;
  int duration;
  const char *tcname;
  const char *tname;
  char *msg;
};

static int mirrors(TestResult *result) {
  const struct mirror *m = (const struct mirror *)(const void *)result;
  return m->rtype == tr_rtype(result) && m->ctx == (int)tr_ctx(result) &&
         m->file == tr_lfile(result) && m->line == tr_lno(result) &&
         m->tcname == tr_tcname(result) && m->msg == tr_msg(result);
}

static int all_mirror(TestResult **results, int from, int to) {
  for (int i = from; i < to; i++)
    if (!mirrors(results[i])) return 0;
  return 1;
}

/* Later versions have an accessor for the name. */
extern const char *tr_tname(TestResult *result) __attribute__((weak));

/* ---- which test a result is of ------------------------------------------- */

/* Results come in the order of the tests; `at` is the one before. */
struct found {
  const char *name;
  int iter;
  const struct ck_test *test;
  const struct ck_tcase *tcase;
  const struct ck_scope *scope; /* a check of ours over many tests */
};

static const char *const setups[] = {"checked_setup", "unchecked_setup"};

static int is_setup(const char *name, int which) {
  return name && !strcmp(name, setups[which]);
}

static const struct ck_tcase *tcase_after(const struct ck_tcase *tcase,
                                          const struct ck_suite *suite,
                                          const char *given) {
  while (suite) {
    for (; tcase; tcase = tcase->next)
      if (tcase->given == given) return tcase;
    suite = suite->next;
    tcase = suite ? suite->tcases : NULL;
  }
  return NULL;
}

/* The test case of a result that names none of its tests. */
static const struct ck_tcase *tcase_of(const struct ck_runner *runner,
                                       const struct found *at,
                                       const char *given) {
  if (!runner || !runner->suites) return NULL;
  if (!at->tcase)
    return tcase_after(runner->suites->tcases, runner->suites, given);
  return tcase_after(at->tcase->next, at->tcase->suite, given);
}

/* Without fork, Check names a failed set-up instead of the test that was not
   run for it: the one after the last. */
static void find_set_up(const struct ck_runner *runner, struct found *at,
                        const char *given) {
  const struct ck_test *test = NULL;
  if (at->test && at->tcase->given == given)
    test = at->iter + 1 < at->test->end ? at->test : at->test->next;
  int again = test && test == at->test;
  if (!test) {
    at->tcase = tcase_of(runner, at, given);
    test = at->tcase ? at->tcase->tests : NULL;
  }
  at->iter = again ? at->iter + 1 : test ? test->start : 0;
  at->test = test;
  if (test) at->name = test->shadow.name;
}

static void find(struct ck_runner *runner, TestResult *result, int mirrored,
                 struct found *at) {
  const struct mirror *m = (const struct mirror *)(const void *)result;
  const char *name = tr_tname ? tr_tname(result) : mirrored ? m->tname : NULL;
  const struct ck_test *test = ck_registry_by_name(name);
  at->name = name ? name : "unknown";
  at->scope = ck_scope_by_name(runner, name);
  if (test) {
    at->test = test;
    at->tcase = test->tcase;
    at->iter = mirrored ? m->iter : test->start;
  } else if (is_setup(name, 0)) {
    find_set_up(runner, at, tr_tcname(result));
  } else {
    at->test = NULL;
    at->iter = 0;
    if (is_setup(name, 1)) at->tcase = tcase_of(runner, at, tr_tcname(result));
  }
}

/* ---- to the gate --------------------------------------------------------- */

/* The run that is going on. */
static struct {
  SRunner *sr;
  int first; /* of its results */
  struct ck_runner *runner;
} run;

void ck_results_begin(SRunner *sr, struct ck_runner *runner) {
  run.sr = sr;
  run.first = srunner_ntests_run(sr);
  run.runner = runner;
}

void ck_results_told(const struct leakslope_case *result,
                     const struct leakslope_report *measured,
                     enum leakslope_outcome outcome, const char *reason) {
  ck_leaks_add(run.runner, result, measured, outcome, reason);
}

static enum leakslope_result result_of(TestResult *result) {
  switch (tr_rtype(result)) {
    case CK_PASS:
      return LEAKSLOPE_PASSED;
    case CK_FAILURE:
      return LEAKSLOPE_FAILED;
    default:
      return LEAKSLOPE_ERROR;
  }
}

static const char *suite_name(const struct ck_tcase *tcase) {
  return tcase && tcase->suite ? tcase->suite->name : "leakslope";
}

/* A result that is of none of our tests. */
static const char *why_foreign(const struct found *found) {
  if (ck_is_not_armed(found->name)) return ls_gate_off();
  if (ck_is_judged(found->name)) return "a check of CK_LEAK_JUDGED";
  if (is_setup(found->name, 1)) return "a set-up failed, its tests did not run";
  return "not registered through leakslope";
}

/* What has no place of its own among the tests stands `behind` the one before
   it; a failed set-up at the first test that it kept from running. */
static void add_foreign(struct leakslope_case *one, const struct found *found,
                        unsigned *behind) {
  if (found->tcase && is_setup(found->name, 1))
    *behind = found->tcase->tests ? found->tcase->tests->first : 0;
  ls_gate_foreign(
      *behind, one,
      ck_is_not_armed(found->name) ? LEAKSLOPE_NOT_ARMED : LEAKSLOPE_NOT_GATED,
      why_foreign(found));
}

static void add_one(TestResult *result, const struct found *found,
                    unsigned *behind) {
  struct leakslope_case one = {
      .suite = suite_name(found->tcase),
      .tcase = tr_tcname(result),
      .name = found->name,
      .result = result_of(result),
      .message = tr_msg(result),
      .message_file = tr_lfile(result),
      .message_line = tr_lno(result),
  };
  if (found->test) {
    *behind = found->test->first + (unsigned)(found->iter - found->test->start);
    ls_gate_result(*behind, &one);
  } else if (found->scope) {
    ls_gate_result(LS_GATE_SCOPED + found->scope->number, &one);
  } else if (!ck_is_judged(found->name) || one.result != LEAKSLOPE_PASSED) {
    add_foreign(&one, found, behind);
  }
}

static int is_seen(const struct found *found) {
  return found->test || found->scope || ck_is_not_armed(found->name) ||
         ck_is_judged(found->name) ||
         (found->tcase && is_setup(found->name, 1));
}

/* --wrap reaches a libcheck that is linked statically: the function that
   allocated there was the program's then, and the one that frees has to be. */
static void free_of_check(void *block) {
  struct dl_find_object check, layer;
  if (!_dl_find_object((void *)srunner_results, &check) &&
      !_dl_find_object((void *)free_of_check, &layer) &&
      check.dlfo_link_map == layer.dlfo_link_map)
    free(block);
  else
    lsg_program_free(block);
}

struct ls_gate_tally ck_results_add(int is_killed) {
  struct ls_gate_tally tally = {0, 0};
  struct found found = {0};
  unsigned behind = 0;
  int n = srunner_ntests_run(run.sr);
  TestResult **results = srunner_results(run.sr);
  int mirrored = results && all_mirror(results, run.first, n);
  for (int i = run.first; results && i < n; i++) {
    find(run.runner, results[i], mirrored, &found);
    tally.results++;
    tally.seen += is_seen(&found) != 0;
    add_one(results[i], &found, &behind);
  }
  /* Where this process is about to go, the block is left to it. */
  if (!is_killed) free_of_check(results);
  return tally;
}
