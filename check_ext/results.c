/* SPDX-License-Identifier: MIT */
#include "results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate.h"

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

struct found {
  const char *name;
  int iter;
  struct ck_test *test;
};

static struct found identify(TestResult *result, int mirrored) {
  struct found found = {"unknown", 0, NULL};
  const struct mirror *m = (const struct mirror *)(const void *)result;
  if (tr_tname) found.name = tr_tname(result);
  if (mirrored) {
    if (!tr_tname) found.name = m->tname;
    found.iter = m->iter;
  }
  found.test = ck_registry_by_name(found.name);
  if (!found.name) found.name = "unknown";
  return found;
}

/* "Assertion 'x' failed" of Check's; a leak's text has its own lines after the
   first, which the report makes anew. */
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

static void add_one(struct leakslope_report *report, TestResult *result,
                    const struct found *found, struct ck_page *page) {
  const struct ck_test *test = found->test;
  struct ck_slot *slot = NULL;
  struct leakslope_report *measured = NULL;
  const char *reason = "not registered through leakslope";
  struct leakslope_case one = {
      .suite = "",
      .tcase = tr_tcname(result),
      .name = found->name,
      .index = -1,
      .result = result_of(result),
      .message = tr_msg(result),
      .message_file = tr_lfile(result),
      .message_line = tr_lno(result),
  };
  if (test) {
    one.suite = test->tcase->suite ? test->tcase->suite->name : "";
    one.file = test->original->file;
    one.line = test->original->line;
    if (test->end - test->start > 1 || test->start) one.index = found->iter;
    slot = ck_page_slot(
        page, test->first_slot + (unsigned)(found->iter - test->start));
  }
  if (slot) {
    one.seconds = slot->seconds;
    measured = ck_page_report(page, slot);
    reason = slot->reason[0] ? slot->reason : ck_gate_refusal(test);
    if (!reason && one.result != LEAKSLOPE_PASSED) reason = "the test failed";
    if (!reason) reason = slot->ran ? "ended before its end" : "did not run";
  }
  (void)leakslope_report_add(report, &one, measured, reason);
  leakslope_report_free(measured);
}

struct ck_tally ck_results_add(struct leakslope_report *report, SRunner *sr,
                               int first, struct ck_page *page) {
  struct ck_tally tally = {0, 0};
  int n = srunner_ntests_run(sr);
  TestResult **results = srunner_results(sr);
  int mirrored = results && all_mirror(results, first, n);
  for (int i = first; results && i < n; i++) {
    struct found found = identify(results[i], mirrored);
    tally.results++;
    tally.through_us += found.test != NULL;
    add_one(report, results[i], &found, page);
  }
  free(results);
  return tally;
}

/* ---- words on stderr
 * --------------------------------------------------------------- */

struct saying {
  struct ck_page *page;
  int strict;
};

static void say_slot(const struct saying *saying, const struct ck_test *test,
                     const struct ck_slot *slot) {
  struct leakslope_report *report = ck_page_report(saying->page, slot);
  if (!report) return;
  enum leakslope_outcome outcome = leakslope_report_outcome(report);
  int raised =
      !ck_run.report_only && leakslope_report_fails(report, saying->strict);
  /* What failed the test stands in Check's own output. */
  if (outcome != LEAKSLOPE_CLEAN && !raised)
    fprintf(stderr, "leakslope: %s:%s:%s: %s%s\n",
            test->tcase->suite ? test->tcase->suite->name : "",
            test->tcase->name, test->shadow.name,
            leakslope_report_message(report),
            slot->in_place ? " (re-run in place: threads are alive)" : "");
  leakslope_report_free(report);
}

static void say_test(void *arg, struct ck_test *test) {
  const struct saying *saying = arg;
  for (int i = test->start; i < test->end; i++) {
    const struct ck_slot *slot = ck_page_slot(
        saying->page, test->first_slot + (unsigned)(i - test->start));
    if (slot) say_slot(saying, test, slot);
  }
}

void ck_results_say(struct ck_runner *runner, struct ck_page *page,
                    int strict) {
  struct saying saying = {page, strict};
  ck_registry_each(runner, say_test, &saying);
}
