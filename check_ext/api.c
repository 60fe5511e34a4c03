/* SPDX-License-Identifier: MIT */
/*
 * check_leak.h: what a program says about its runners, suites, test cases and
 * tests.  Noted in the registry; nothing else happens here.
 */
#include <stdlib.h>
#include <string.h>

#include "check_leak.h"
#include "gate/heap.h"
#include "registry.h"
#include "runner.h"

enum { ITERATIONS_LEAST = 8, ITERATIONS_MOST = 1000000, WARMUP_MOST = 100000 };
static const double BUDGET_LEAST = 0.001, BUDGET_MOST = 86400;

static struct ck_tcase *tcase_of(TCase *tc) {
  return ck_runner_notes() ? ck_registry_tcase(tc) : NULL;
}

static struct ck_runner *runner_of(SRunner *sr) {
  return ck_runner_notes() ? ck_registry_runner(sr) : NULL;
}

/* ---- what is gated ------------------------------------------------------- */

void tcase_set_leak_gate(TCase *tc, int on) {
  struct ck_tcase *tcase = tcase_of(tc);
  if (tcase) tcase->gate = on ? CK_GATE_ON : CK_GATE_OFF;
}

void suite_set_leak_gate(Suite *s, int on) {
  struct ck_suite *suite = ck_runner_notes() ? ck_registry_suite(s) : NULL;
  if (suite) suite->gate = on ? CK_GATE_ON : CK_GATE_OFF;
}

/* Registers a test as Check's macro does; NULL where it is not gated. */
static struct ck_test *add_test(TCase *tc, const TTest *test) {
  struct ck_tcase *tcase = tcase_of(tc);
  struct ck_test *before = tcase ? ck_registry_last_test(tcase) : NULL;
  _tcase_add_test(tc, test, 0, 0, 0, 1);
  struct ck_test *added = tcase ? ck_registry_last_test(tcase) : NULL;
  return added == before ? NULL : added;
}

void tcase_add_ungated_test(TCase *tc, const TTest *test, const char *reason) {
  struct ck_test *added = add_test(tc, test);
  if (added) added->reason = lsg_heap_text(reason ? reason : "by choice");
}

/* ---- how it is repeated -------------------------------------------------- */

static void check_iterations(unsigned n) {
  if (ls_gate_is_on() && (n < ITERATIONS_LEAST || n > ITERATIONS_MOST))
    ls_gate_refuse("leakslope: %u iterations are not valid; allowed: %d..%d", n,
                   ITERATIONS_LEAST, ITERATIONS_MOST);
}

static void check_warmup(unsigned n) {
  if (ls_gate_is_on() && (n < 1 || n > WARMUP_MOST))
    ls_gate_refuse(
        "leakslope: %u warm-up passes are not valid; "
        "allowed: 1..%d",
        n, WARMUP_MOST);
}

static void check_budget(double seconds) {
  if (ls_gate_is_on() && !(seconds >= BUDGET_LEAST && seconds <= BUDGET_MOST))
    ls_gate_refuse(
        "leakslope: a budget of %g seconds is not valid; "
        "allowed: %g..%g",
        seconds, BUDGET_LEAST, BUDGET_MOST);
}

void tcase_add_leak_test_options(TCase *tc, const TTest *test,
                                 const LeakOptions *options) {
  if (options->iterations) check_iterations(options->iterations);
  if (options->warmup) check_warmup(options->warmup);
  if (options->budget != 0) check_budget(options->budget);
  struct ck_test *added = add_test(tc, test);
  if (!added) return;
  added->settings.iterations = options->iterations;
  added->settings.warmup = options->warmup;
  added->settings.budget = options->budget;
}

void tcase_set_leak_iterations(TCase *tc, unsigned n) {
  struct ck_tcase *tcase = tcase_of(tc);
  check_iterations(n);
  if (tcase) tcase->settings.iterations = n;
}

void tcase_set_leak_warmup(TCase *tc, unsigned n) {
  struct ck_tcase *tcase = tcase_of(tc);
  check_warmup(n);
  if (tcase) tcase->settings.warmup = n;
}

void tcase_set_leak_budget(TCase *tc, double seconds) {
  struct ck_tcase *tcase = tcase_of(tc);
  check_budget(seconds);
  if (tcase) tcase->settings.budget = seconds;
}

void tcase_set_leak_settle(TCase *tc, void (*settle)(void)) {
  struct ck_tcase *tcase = tcase_of(tc);
  if (tcase) tcase->settle = settle;
}

void tcase_set_leak_bound(TCase *tc, const char *pattern, size_t count) {
  struct ck_tcase *tcase = tcase_of(tc);
  if (ls_gate_is_on() && (!pattern || !*pattern))
    ls_gate_refuse(
        "leakslope: a leak bound without a pattern is not valid; allowed: part "
        "of the name of a function, file or module");
  if (!tcase) return;
  unsigned n = tcase->nbounds;
  struct leakslope_limit *bounds =
      lsg_heap_resize(tcase->bounds, (n + 1) * sizeof *bounds);
  char *copy = lsg_heap_text(pattern);
  if (bounds) tcase->bounds = bounds;
  if (!bounds || !copy) {
    lsg_heap_free(copy);
    return;
  }
  bounds[n] = (struct leakslope_limit){copy, count};
  tcase->nbounds++;
}

/* ---- the runner ---------------------------------------------------------- */

void srunner_set_leak_scope(SRunner *sr, int scopes) {
  const int all = LEAK_SCOPE_TEST | LEAK_SCOPE_SUITE | LEAK_SCOPE_SESSION;
  struct ck_runner *runner = runner_of(sr);
  if (ls_gate_is_on() && (!scopes || (scopes & ~all)))
    ls_gate_refuse(
        "leakslope: leak scope %d is not valid; allowed: "
        "LEAK_SCOPE_TEST|LEAK_SCOPE_SUITE|LEAK_SCOPE_SESSION",
        scopes);
  if (runner) runner->scopes = scopes;
}

static void set_output(SRunner *sr, enum ls_gate_output kind,
                       const char *file) {
  struct ck_runner *runner = runner_of(sr);
  if (runner) ls_gate_outputs_set(&runner->outputs, kind, file);
}

void srunner_set_junit(SRunner *sr, const char *file) {
  set_output(sr, LS_GATE_JUNIT, file);
}

void srunner_set_leak_json(SRunner *sr, const char *file) {
  set_output(sr, LS_GATE_JSON, file);
}

void srunner_set_leak_html(SRunner *sr, const char *file) {
  set_output(sr, LS_GATE_HTML, file);
}
