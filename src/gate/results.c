/* SPDX-License-Identifier: MIT */
/* Brings the framework's results and what the slots hold together, for the
   reports. */
#include "gate/results.h"

#include <stdio.h>

#include "gate/behind.h"
#include "gate/heap.h"
#include "gate/killed.h"
#include "gate/page.h"
#include "gate/repeat.h"
#include "gate/run.h"

enum { REPORTS = 3 };

static struct {
  struct leakslope_report *to[REPORTS];
  /* Slots whose results are in the reports, of a run that came to no end. */
  unsigned char *told;
} sinks;

void lsg_results_begin(struct leakslope_report *program,
                       struct leakslope_report *run,
                       struct leakslope_report *own) {
  sinks.to[0] = program;
  sinks.to[1] = run;
  sinks.to[2] = own;
  sinks.told = lsg_killed_writes() ? lsg_heap_new(lsg_run.slots + 1) : NULL;
}

static void note_told(unsigned slot) {
  if (sinks.told && slot < lsg_run.slots) sinks.told[slot] = 1;
}

static int was_told(unsigned slot) { return sinks.told && sinks.told[slot]; }

static const char *why_ungated(const struct ls_gate_test *test,
                               const struct lsg_slot *slot,
                               enum leakslope_result result) {
  if (slot->reason[0]) return slot->reason;
  if (test->refusal) return test->refusal;
  if (!lsg_run.armed) return lsg_run.off;
  if (slot->passed && !(lsg_run.scopes & LS_GATE_EACH))
    return "CK_LEAK_SCOPE does not include 'test'";
  if (result != LEAKSLOPE_PASSED) return "the test failed";
  return slot->ran ? "the test ended its process" : "did not run";
}

/* To each report and to the adapter; not measured: with outcome and reason. */
static void add_to_all(const struct leakslope_case *one,
                       const struct leakslope_report *measured,
                       enum leakslope_outcome outcome, const char *reason) {
  for (int i = 0; i < REPORTS; i++) {
    if (!sinks.to[i]) continue;
    if (measured)
      (void)leakslope_report_add(sinks.to[i], one, measured, reason);
    else
      (void)leakslope_report_add_unmeasured(sinks.to[i], one, outcome, reason);
  }
  if (lsg_run.of.adapter->told)
    lsg_run.of.adapter->told(one, measured, outcome, reason);
}

/* `test`: NULL for a scope, which is one of a suite or not. */
static void add_slot(const struct leakslope_case *one,
                     const struct lsg_slot *slot, const char *reason,
                     const struct ls_gate_test *test, int is_suite) {
  struct leakslope_report *measured = lsg_page_report(lsg_run.page, slot);
  struct leakslope_case with = *one;
  char behind[256], both[sizeof behind + sizeof slot->reason + 8];
  if (measured && slot->in_place)
    (void)leakslope_report_add_note(
        measured, "repeated in place, because threads are alive");
  if (lsg_behind_describe(slot, behind, sizeof behind)) {
    if (measured) (void)leakslope_report_add_note(measured, behind);
    snprintf(both, sizeof both, "%s; %s", reason, behind);
    reason = both;
  }
  if (measured && leakslope_report_outcome(measured) != LEAKSLOPE_CLEAN)
    with.repeat =
        test ? lsg_repeat(measured, test) : lsg_repeat_scope(is_suite);
  add_to_all(&with, measured, lsg_slot_unmeasured(slot), reason);
  leakslope_report_free(measured);
}

static void place_test(struct leakslope_case *one, unsigned n) {
  const struct ls_gate_test *test = &lsg_run.of.tests[n];
  one->file = test->file;
  one->line = test->line;
  one->position += n;
  one->index = test->index;
}

static void add_test(struct leakslope_case *one, unsigned n) {
  const struct lsg_slot *slot = lsg_run_slot(n);
  note_told(n);
  place_test(one, n);
  if (!slot) {
    add_to_all(one, NULL, LEAKSLOPE_NOT_GATED, lsg_run.off);
    return;
  }
  one->seconds = slot->seconds;
  if (slot->text && one->result == LEAKSLOPE_FAILED) {
    one->message = lsg_page_text(lsg_run.page, slot);
    one->failure_type = "lost";
  }
  const struct ls_gate_test *test = &lsg_run.of.tests[n];
  add_slot(one, slot, why_ungated(test, slot, one->result), test, 0);
}

/* A scope stands behind the last of its tests. */
static unsigned last_of(const struct ls_gate_scope *scope) {
  return scope->first + (scope->n ? scope->n - 1 : 0);
}

static void add_scope(struct leakslope_case *one, unsigned i) {
  const struct lsg_slot *slot = lsg_run_scope_slot(i);
  const char *suite = lsg_run.of.scopes[i].suite;
  note_told(lsg_run.of.ntests + i);
  one->suite = suite ? suite : "leakslope";
  one->position += last_of(&lsg_run.of.scopes[i]);
  if (!slot) return;
  if (slot->place && slot->place <= lsg_run.of.ntests) {
    /* That is the place of a test, ours says nothing. */
    one->file = lsg_run.of.tests[slot->place - 1].file;
    one->line = lsg_run.of.tests[slot->place - 1].line;
  }
  one->seconds = slot->seconds;
  add_slot(one, slot, slot->reason[0] ? slot->reason : "did not run", NULL,
           suite != NULL);
}

void ls_gate_result(unsigned number, struct leakslope_case *result) {
  lsg_killed_asked();
  result->position = lsg_run.before;
  result->index = -1;
  if (number < LS_GATE_SCOPED)
    add_test(result, number);
  else
    add_scope(result, number - LS_GATE_SCOPED);
}

void ls_gate_foreign(unsigned behind, struct leakslope_case *result,
                     enum leakslope_outcome outcome, const char *reason) {
  lsg_killed_asked();
  result->position = lsg_run.before + behind;
  result->index = -1;
  add_to_all(result, NULL, outcome, reason);
}

/* ---- where there is no result -------------------------------------------- */

/* Its verdict is there; only what the framework made of that is not. */
static int is_judged(const struct lsg_slot *slot, int *fails) {
  if (!slot || !slot->passed) return 0;
  *fails = slot->fails != 0;
  if (!slot->judged) return slot->reason[0] != '\0';
  struct leakslope_report *report = lsg_page_report(lsg_run.page, slot);
  if (!report) return slot->reason[0] != '\0';
  *fails |=
      !lsg_run.report_only && leakslope_report_fails(report, lsg_run.strict);
  leakslope_report_free(report);
  return 1;
}

/* 1 where the test or scope, whose slot is given, was not judged. */
static unsigned add_open(struct leakslope_case *one,
                         const struct lsg_slot *slot, unsigned number,
                         const char *by) {
  char why[128];
  int fails;
  if (is_judged(slot, &fails)) {
    one->result = fails ? LEAKSLOPE_FAILED : LEAKSLOPE_PASSED;
    ls_gate_result(number, one);
    return 0;
  }
  snprintf(why, sizeof why, "ended by %s before it %s", by,
           slot && slot->ran ? "was judged" : "ran");
  one->position = lsg_run.before;
  one->index = -1;
  if (number < LS_GATE_SCOPED)
    place_test(one, number);
  else
    one->position += last_of(&lsg_run.of.scopes[number - LS_GATE_SCOPED]);
  one->result = LEAKSLOPE_ERROR;
  one->message = why;
  if (slot) one->seconds = slot->seconds;
  add_to_all(one, NULL, LEAKSLOPE_NOT_GATED, why);
  one->message = NULL; /* it goes with this frame */
  return 1;
}

static unsigned add_open_test(unsigned n, const char *by) {
  const struct ls_gate_test *test = &lsg_run.of.tests[n];
  struct leakslope_case one = {.suite = test->group->suite,
                               .tcase = test->group->name,
                               .name = test->name};
  if (test->is_left_out || was_told(n)) return 0;
  return add_open(&one, lsg_run_slot(n), n, by);
}

static unsigned add_open_scope(unsigned i, const char *by) {
  const char *suite = lsg_run.of.scopes[i].suite;
  struct leakslope_case one = {.suite = suite ? suite : "leakslope",
                               .tcase = "leakslope",
                               .name = suite ? "suite scope" : "session scope"};
  if (!ls_gate_wants(i) || was_told(lsg_run.of.ntests + i)) return 0;
  return add_open(&one, lsg_run_scope_slot(i), LS_GATE_SCOPED + i, by);
}

unsigned lsg_results_add_open(const char *by) {
  unsigned n = 0;
  for (unsigned i = 0; i < lsg_run.of.ntests; i++) n += add_open_test(i, by);
  for (unsigned i = 0; i < lsg_run.of.nscopes; i++) n += add_open_scope(i, by);
  return n;
}
