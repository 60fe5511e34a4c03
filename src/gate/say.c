/* SPDX-License-Identifier: MIT */
/* Says on standard error what there is to say at the end of a run. */
#include "gate/say.h"

#include <stdio.h>
#include <string.h>

#include "gate/behind.h"
#include "gate/budget.h"
#include "gate/run.h"

/* Whose turn it is to be spoken of. */
struct subject {
  const char *suite, *group, *name;
  struct lsg_index index;
};

static void say_of(const struct subject *of, const char *text) {
  fprintf(stderr, "leakslope: %s:%s:%s%s: %s\n", of->suite, of->group, of->name,
          of->index.text, text);
}

static void say_slot(const struct subject *of, const struct lsg_slot *slot) {
  char text[sizeof slot->reason + 16];
  struct leakslope_report *report = lsg_page_report(lsg_run.page, slot);
  if (slot->reason[0]) {
    snprintf(text, sizeof text, "%s: %s",
             leakslope_outcome_name(lsg_slot_unmeasured(slot)), slot->reason);
    say_of(of, text);
  }
  if (slot->in_place)
    say_of(of, "was repeated in place, because threads are alive");
  if (slot->left_out[0]) say_of(of, slot->left_out);
  if (!report) return;
  int raised =
      !lsg_run.report_only && leakslope_report_fails(report, lsg_run.strict);
  /* What failed the test stands in the framework's own output. */
  int says = leakslope_report_outcome(report) != LEAKSLOPE_CLEAN ||
             leakslope_report_accepted(report) ||
             leakslope_report_fails(report, 0);
  if (says && !raised) say_of(of, leakslope_report_message(report));
  leakslope_report_free(report);
}

static void say_test(unsigned i) {
  const struct ls_gate_test *test = &lsg_run.of.tests[i];
  const struct lsg_slot *slot = lsg_run_slot(i);
  const struct subject of = {test->group->suite, test->group->name, test->name,
                             lsg_run_index(test)};
  if (slot) say_slot(&of, slot);
}

static void say_scope(unsigned i) {
  const char *suite = lsg_run.of.scopes[i].suite;
  const struct lsg_slot *slot = lsg_run_scope_slot(i);
  const struct subject of = {suite ? suite : "leakslope",
                             "leakslope",
                             suite ? "suite scope" : "session scope",
                             {""}};
  if (slot && ls_gate_wants(i)) say_slot(&of, slot);
}

void lsg_say_tests(void) {
  if (!lsg_run.page) return;
  for (unsigned i = 0; i < lsg_run.of.ntests; i++) say_test(i);
  for (unsigned i = 0; i < lsg_run.of.nscopes; i++) say_scope(i);
  lsg_behind_say();
}

static void say_no_such_test(void) {
  const char *name = leakslope_option("CK_LEAK_TEST");
  if (name && !lsg_run_taken(lsg_run.of.ntests))
    fprintf(
        stderr,
        "leakslope: CK_LEAK_TEST='%s': no test of this run is called that\n",
        name);
}

void lsg_say_tally(struct ls_gate_tally tally) {
  say_no_such_test();
  if (tally.seen < tally.results)
    fprintf(stderr, "leakslope: the gate sees %u of %u tests: %s\n", tally.seen,
            tally.results, lsg_run.of.adapter->hint);
}

void lsg_say_lines(const char *lines) {
  while (*lines) {
    size_t n = strcspn(lines, "\n");
    fprintf(stderr, "leakslope: %.*s\n", (int)n, lines);
    lines += n + (lines[n] == '\n');
  }
}

void lsg_say_budget(void) {
  double would_do;
  unsigned n = lsg_budget_short(&would_do);
  if (!n) return;
  fprintf(stderr,
          "leakslope: CK_LEAK_TOTAL_BUDGET (%s s) was too little for %u %s; "
          "CK_LEAK_TOTAL_BUDGET=%u would do\n",
          leakslope_option("CK_LEAK_TOTAL_BUDGET"), n,
          n == 1 ? "test" : "tests", (unsigned)would_do + 1);
}
