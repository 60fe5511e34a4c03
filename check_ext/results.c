/* SPDX-License-Identifier: MIT */
/* Brings Check's results and the gate's reports together, for files and stderr.
 */
#include "results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "behind.h"
#include "check_leak.h"
#include "gate.h"
#include "heap.h"
#include "killed.h"
#include "leaks.h"
#include "list.h"
#include "message.h"
#include "runner.h"
#include "scope.h"

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
  const struct ck_suite *suite; /* its */
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
  at->scope = ck_scope_by_name(runner, name, &at->suite);
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

/* Where results go. */
struct sinks {
  struct leakslope_report *report; /* of the program */
  struct leakslope_report *run;    /* of this run, may be NULL */
  struct ck_runner *runner;        /* may be NULL */
};

/* Slots whose tests are in the report, of a run that came to no end. */
static unsigned char *told;

static void note_told(unsigned slot) {
  if (told && slot < ck_run.tests) told[slot] = 1;
}

/* ---- into the report ----------------------------------------------------- */

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

static const char *why_ungated(const struct ck_test *test,
                               const struct ck_slot *slot,
                               enum leakslope_result result) {
  if (slot->reason[0]) return slot->reason;
  const char *refusal = ck_gate_refusal(test);
  if (refusal) return refusal;
  if (!ck_run.armed) return ck_run.off;
  if (slot->passed && !(ck_run.scopes & LEAK_SCOPE_TEST))
    return "CK_LEAK_SCOPE does not include 'test'";
  if (result != LEAKSLOPE_PASSED) return "the test failed";
  return slot->ran ? "the test ended its process" : "did not run";
}

/* To the reports of program and run, to the runner's own and to what
   check_leak.h gives out; not measured: with outcome and reason. */
static void add_to_all(const struct sinks *sinks,
                       const struct leakslope_case *one,
                       const struct leakslope_report *measured,
                       enum leakslope_outcome outcome, const char *reason) {
  struct leakslope_report *reports[] = {
      sinks->report, sinks->run,
      sinks->runner ? sinks->runner->outputs.report : NULL};
  for (int i = 0; i < 3; i++) {
    if (!reports[i]) continue;
    if (measured)
      (void)leakslope_report_add(reports[i], one, measured, reason);
    else
      (void)leakslope_report_add_unmeasured(reports[i], one, outcome, reason);
  }
  ck_leaks_add(sinks->runner, one, measured, outcome, reason);
}

static void add_slot(const struct sinks *sinks,
                     const struct leakslope_case *one,
                     const struct ck_slot *slot, const char *reason,
                     const struct found *found) {
  struct leakslope_report *measured = ck_page_report(ck_run.page, slot);
  struct leakslope_case with = *one;
  char behind[256], both[sizeof behind + sizeof slot->reason + 8];
  if (measured && slot->in_place)
    (void)leakslope_report_add_note(
        measured, "repeated in place, because threads are alive");
  if (ck_behind_describe(slot, sinks->runner, behind, sizeof behind)) {
    if (measured) (void)leakslope_report_add_note(measured, behind);
    snprintf(both, sizeof both, "%s; %s", reason, behind);
    reason = both;
  }
  if (measured && leakslope_report_outcome(measured) != LEAKSLOPE_CLEAN)
    with.repeat = found->test ? ck_message_repeat(measured, found->test)
                              : ck_message_repeat_scope(found->suite != NULL);
  add_to_all(sinks, &with, measured, ck_slot_unmeasured(slot), reason);
  leakslope_report_free(measured);
}

static void place_test(struct leakslope_case *one, const struct found *found,
                       unsigned slot) {
  const struct ck_test *test = found->test;
  one->file = test->original->file;
  one->line = test->original->line;
  one->position += slot;
  if (test->end - test->start > 1 || test->start) one->index = found->iter;
}

static void add_test(const struct sinks *sinks, const struct found *found,
                     struct leakslope_case *one) {
  const struct ck_test *test = found->test;
  const unsigned at = test->first_slot + (unsigned)(found->iter - test->start);
  const struct ck_slot *slot = ck_page_slot(ck_run.page, at);
  note_told(at);
  place_test(one, found, at);
  if (!slot) {
    add_to_all(sinks, one, NULL, LEAKSLOPE_NOT_GATED, ck_run.off);
    return;
  }
  one->seconds = slot->seconds;
  if (slot->text && one->result == LEAKSLOPE_FAILED) {
    one->message = ck_page_text(ck_run.page, slot);
    one->failure_type = "lost";
  }
  add_slot(sinks, one, slot, why_ungated(test, slot, one->result), found);
}

static void add_scope(const struct sinks *sinks, const struct found *found,
                      struct leakslope_case *one) {
  const struct ck_slot *slot = ck_page_slot(ck_run.page, found->scope->slot);
  note_told(found->scope->slot);
  one->suite = found->suite ? found->suite->name : "leakslope";
  one->file = found->scope->test.file;
  one->line = found->scope->test.line;
  if (!slot) return;
  const struct ck_test *at =
      slot->place ? ck_registry_by_slot(sinks->runner, slot->place - 1) : NULL;
  if (at) { /* that is the place of a test, ours says nothing */
    one->file = at->original->file;
    one->line = at->original->line;
  }
  one->seconds = slot->seconds;
  add_slot(sinks, one, slot, slot->reason[0] ? slot->reason : "did not run",
           found);
}

/* A result that is of none of our tests. */
static const char *why_foreign(const struct found *found) {
  if (ck_is_not_armed(found->name)) return ck_run.off;
  if (is_setup(found->name, 1)) return "a set-up failed, its tests did not run";
  return "not registered through leakslope";
}

static unsigned first_of(const struct ck_tcase *tcase) {
  return tcase->tests ? tcase->tests->first_slot : 0;
}

/* What has no place of its own among the tests stands `behind` the one before
   it. */
static void add_one(const struct sinks *sinks, TestResult *result,
                    const struct found *found, unsigned *behind) {
  struct leakslope_case one = {
      .position = ck_run.before,
      .suite = suite_name(found->tcase),
      .tcase = tr_tcname(result),
      .name = found->name,
      .index = -1,
      .result = result_of(result),
      .message = tr_msg(result),
      .message_file = tr_lfile(result),
      .message_line = tr_lno(result),
  };
  if (!found->test && found->tcase && is_setup(found->name, 1))
    one.position += first_of(found->tcase);
  else if (!found->test)
    one.position += *behind;
  if (found->test)
    add_test(sinks, found, &one);
  else if (found->scope)
    add_scope(sinks, found, &one);
  else
    add_to_all(sinks, &one, NULL,
               ck_is_not_armed(found->name) ? LEAKSLOPE_NOT_ARMED
                                            : LEAKSLOPE_NOT_GATED,
               why_foreign(found));
  *behind = one.position - ck_run.before;
}

struct ck_tally ck_results_add(struct leakslope_report *report,
                               struct leakslope_report *run, SRunner *sr,
                               int first, struct ck_runner *runner) {
  struct ck_tally tally = {0, 0};
  struct found found = {0};
  const struct sinks sinks = {report, run, runner};
  unsigned behind = 0;
  int n = sr ? srunner_ntests_run(sr) : 0;
  TestResult **results = sr ? srunner_results(sr) : NULL;
  ck_killed_asked();
  if (ck_killed_writes()) told = ck_heap_new(ck_run.tests + 1);
  int mirrored = results && all_mirror(results, first, n);
  for (int i = first; results && i < n; i++) {
    find(runner, results[i], mirrored, &found);
    tally.results++;
    tally.through_us += found.test || found.scope ||
                        ck_is_not_armed(found.name) ||
                        (found.tcase && is_setup(found.name, 1));
    add_one(&sinks, results[i], &found, &behind);
  }
  /* Where this process is about to go, the block is left to it. */
  if (!ck_killed_writes()) ck_free_of_check(results);
  return tally;
}

/* ---- where there is no result -------------------------------------------- */

struct open {
  struct sinks sinks;
  const struct ck_filter *filter;
  const char *by;
  unsigned n; /* tests that were not judged */
};

/* Why one was not judged. */
static void say_open(const struct open *open, const struct ck_slot *slot,
                     char *text, size_t size) {
  snprintf(text, size, "ended by %s before it %s", open->by,
           slot && slot->ran ? "was judged" : "ran");
}

/* Its verdict is there; only what Check made of that is not. */
static int is_judged(const struct ck_slot *slot, int *fails) {
  if (!slot || !slot->passed) return 0;
  *fails = slot->fails != 0;
  if (!slot->judged) return slot->reason[0] != '\0';
  struct leakslope_report *report = ck_page_report(ck_run.page, slot);
  if (!report) return slot->reason[0] != '\0';
  *fails |=
      !ck_run.report_only && leakslope_report_fails(report, ck_run.strict);
  leakslope_report_free(report);
  return 1;
}

static void add_open(struct open *open, struct leakslope_case *one, unsigned at,
                     const struct found *found) {
  const struct ck_slot *slot = ck_page_slot(ck_run.page, at);
  char why[128];
  int fails;
  if (is_judged(slot, &fails)) {
    one->result = fails ? LEAKSLOPE_FAILED : LEAKSLOPE_PASSED;
    if (found->scope)
      add_scope(&open->sinks, found, one);
    else
      add_test(&open->sinks, found, one);
    return;
  }
  open->n++;
  if (found->test) place_test(one, found, at);
  say_open(open, slot, why, sizeof why);
  one->result = LEAKSLOPE_ERROR;
  one->message = why;
  if (slot) one->seconds = slot->seconds;
  add_to_all(&open->sinks, one, NULL, LEAKSLOPE_NOT_GATED, why);
}

static void add_open_test(void *arg, struct ck_test *test) {
  struct open *open = arg;
  if (!ck_filter_takes(open->filter, test->tcase)) return;
  for (int i = test->start; i < test->end; i++) {
    const unsigned at = test->first_slot + (unsigned)(i - test->start);
    const struct found found = {test->shadow.name, i,    test,
                                test->tcase,       NULL, NULL};
    struct leakslope_case one = {.position = ck_run.before,
                                 .suite = suite_name(test->tcase),
                                 .tcase = test->tcase->name,
                                 .name = test->shadow.name,
                                 .index = -1};
    if (!told || !told[at]) add_open(open, &one, at, &found);
  }
}

static void add_open_scope(void *arg, const struct ck_scope *scope,
                           const struct ck_suite *suite) {
  struct open *open = arg;
  const struct found found = {scope->name, 0, NULL, NULL, scope, suite};
  struct leakslope_case one = {.position = ck_run.before + scope->slot,
                               .suite = suite ? suite->name : "leakslope",
                               .tcase = "leakslope",
                               .name = scope->name,
                               .index = -1,
                               .file = scope->test.file,
                               .line = scope->test.line};
  if (!scope->wanted || (told && told[scope->slot])) return;
  add_open(open, &one, scope->slot, &found);
}

unsigned ck_results_add_open(struct leakslope_report *report,
                             struct leakslope_report *run,
                             struct ck_runner *runner,
                             const struct ck_filter *filter, const char *by) {
  struct open open = {{report, run, runner}, filter, by, 0};
  if (!runner) return 0;
  ck_registry_each(runner, add_open_test, &open);
  ck_scope_each(runner, add_open_scope, &open);
  return open.n;
}

/* ---- words on stderr ----------------------------------------------------- */

struct saying {
  struct ck_page *page;
  int strict;
};

/* Whose turn it is to be spoken of. */
struct subject {
  const char *suite, *tcase, *name;
  char index[16];
};

static void say_of(const struct subject *of, const char *text) {
  fprintf(stderr, "leakslope: %s:%s:%s%s: %s\n", of->suite, of->tcase, of->name,
          of->index, text);
}

static void say_slot(const struct saying *saying, const struct subject *of,
                     const struct ck_slot *slot) {
  char text[sizeof slot->reason + 16];
  struct leakslope_report *report = ck_page_report(saying->page, slot);
  if (slot->reason[0]) {
    snprintf(text, sizeof text, "%s: %s",
             leakslope_outcome_name(ck_slot_unmeasured(slot)), slot->reason);
    say_of(of, text);
  }
  if (slot->in_place)
    say_of(of, "was repeated in place, because threads are alive");
  if (slot->left_out[0]) say_of(of, slot->left_out);
  if (!report) return;
  int raised =
      !ck_run.report_only && leakslope_report_fails(report, saying->strict);
  /* What failed the test stands in Check's own output. */
  int says = leakslope_report_outcome(report) != LEAKSLOPE_CLEAN ||
             leakslope_report_accepted(report) ||
             leakslope_report_fails(report, 0);
  if (says && !raised) say_of(of, leakslope_report_message(report));
  leakslope_report_free(report);
}

static void say_test(void *arg, struct ck_test *test) {
  const struct saying *saying = arg;
  for (int i = test->start; i < test->end; i++) {
    const struct ck_slot *slot = ck_page_slot(
        saying->page, test->first_slot + (unsigned)(i - test->start));
    struct subject of = {suite_name(test->tcase), test->tcase->name,
                         test->shadow.name, ""};
    if (test->end - test->start > 1)
      snprintf(of.index, sizeof of.index, "[%d]", i);
    if (slot) say_slot(saying, &of, slot);
  }
}

static void say_scope(void *arg, const struct ck_scope *scope,
                      const struct ck_suite *suite) {
  const struct saying *saying = arg;
  const struct ck_slot *slot = ck_page_slot(saying->page, scope->slot);
  const struct subject of = {suite ? suite->name : "leakslope", "leakslope",
                             scope->name, ""};
  if (slot && scope->wanted) say_slot(saying, &of, slot);
}

void ck_results_say(struct ck_runner *runner, struct ck_page *page,
                    int strict) {
  struct saying saying = {page, strict};
  if (!page) return;
  ck_registry_each(runner, say_test, &saying);
  ck_scope_each(runner, say_scope, &saying);
  ck_behind_say(runner);
}
