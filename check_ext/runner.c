/* SPDX-License-Identifier: MIT */
/* Prepares a run of a runner, has Check do it, and concludes it. */
#include "runner.h"

#include <stdlib.h>
#include <string.h>

#include "check_leak.h"
#include "describe.h"
#include "judged.h"
#include "list.h"
#include "not_armed.h"
#include "pass.h"
#include "real.h"
#include "results.h"
#include "scopes.h"
#include "text.h"

_Static_assert((int)LEAK_SCOPE_TEST == (int)LS_GATE_EACH &&
                   (int)LEAK_SCOPE_SUITE == (int)LS_GATE_SUITE &&
                   (int)LEAK_SCOPE_SESSION == (int)LS_GATE_SESSION,
               "the gate's scopes are those of check_leak.h");

int ck_runner_notes(void) { return ls_gate_is_on() && !ls_gate_is_open(); }

/* ---- Check's time limits ------------------------------------------------- */

/* A number in the environment, read as Check reads it. */
static double environment(const char *name, double otherwise) {
  const char *text = getenv(name);
  char *end;
  double value = text ? strtod(text, &end) : -1;
  return text && value >= 0 && end != text && !*end ? value : otherwise;
}

static double multiplier(void) {
  return environment("CK_TIMEOUT_MULTIPLIER", 1);
}

double ck_runner_timeout(double seconds) { return seconds * multiplier(); }

double ck_runner_default_timeout(void) {
  /* Four seconds are compiled into Check. */
  return ck_runner_timeout(environment("CK_DEFAULT_TIMEOUT", 4));
}

static void set_timeout(struct ck_tcase *tcase, double seconds) {
  double factor = multiplier();
  /* Check multiplies once more. */
  if (factor > 0) __real_tcase_set_timeout(tcase->handle, seconds / factor);
}

/* What the gate may need for any test of the test case. */
static double allowance(const struct ck_tcase *tcase,
                        const struct ls_gate_run *run) {
  double most = 0;
  for (unsigned i = 0; i < run->ntests; i++) {
    if (run->tests[i].group != &tcase->group) continue;
    double seconds = ls_gate_allowance(&run->tests[i]);
    if (seconds > most) most = seconds;
  }
  return most;
}

/* Once for each test case, at its first test; no limit stays no limit. */
static int has_limit_of(const struct ck_test *test) {
  return test->tcase->tests == test && test->tcase->timeout > 0;
}

static void widen(void *run, struct ck_test *test) {
  struct ck_tcase *tcase = test->tcase;
  if (has_limit_of(test))
    set_timeout(tcase, 2 * tcase->timeout + allowance(tcase, run));
}

static void narrow(void *run, struct ck_test *test) {
  (void)run;
  if (has_limit_of(test)) set_timeout(test->tcase, test->tcase->timeout);
}

/* ---- the run ------------------------------------------------------------- */

static const struct ls_gate_adapter adapter = {
    .pass = ck_pass_run,
    .enter = ck_pass_enter,
    .leave = ck_pass_leave,
    .results = ck_results_add,
    .told = ck_results_told,
    .select = ck_text_select,
    .longest = ck_text_longest,
    .filters =
        (const char *const[]){"CK_RUN_SUITE", "CK_RUN_CASE", "CK_INCLUDE_TAGS",
                              "CK_EXCLUDE_TAGS", CK_LIST_TEST, NULL},
    .started_by = CK_STARTED_BY,
    .hint =
        "the others are registered in a shared library, which relinking the "
        "program does not reach; build with `leakslope shim`, or where "
        "libcheck is shared, link the program as it was and use `leakslope "
        "run`",
    .setters = {[LS_GATE_JUNIT] = "srunner_set_junit",
                [LS_GATE_JSON] = "srunner_set_leak_json",
                [LS_GATE_HTML] = "srunner_set_leak_html"},
};

static int is_stdout(const char *file) {
  return file && (!strcmp(file, "-") || !strcmp(file, "/dev/stdout"));
}

static int takes_stdout(SRunner *sr) {
  return is_stdout(srunner_tap_fname(sr)) || is_stdout(srunner_xml_fname(sr));
}

void ck_runner_run(SRunner *sr, const struct ck_filter *given,
                   enum print_output mode) {
  struct ck_runner *runner = ck_registry_runner(sr);
  const struct ck_filter filter = ck_filter_in_force(given);
  struct ls_gate_run run = {.adapter = &adapter};
  ls_gate_check();
  if (ls_gate_option_is("CK_LEAK_LIST", "yes")) {
    ck_list(runner, &filter);
    return;
  }
  ck_describe(runner, &filter, &run);
  run.takes_stdout = takes_stdout(sr);
  ck_results_begin(sr, runner);
  const int armed = ls_gate_open(&run);
  if (armed < 0) ck_not_armed_add(sr, &filter);
  if (runner && armed > 0) {
    ck_registry_each(runner, widen, &run);
    ck_scopes_add(runner, &run);
    ck_judged_add(runner, &filter);
  }
  __real_srunner_run_tagged(sr, filter.suite, filter.tcase, filter.include,
                            filter.exclude, mode);
  if (runner && armed > 0) ck_registry_each(runner, narrow, NULL);
  ls_gate_close();
}
