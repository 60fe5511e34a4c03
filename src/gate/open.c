/* SPDX-License-Identifier: MIT */
/* Opens a run before its first test, and closes it after the last. */
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <unistd.h>

#include "gate/budget.h"
#include "gate/coverage.h"
#include "gate/github.h"
#include "gate/heap.h"
#include "gate/killed.h"
#include "gate/outputs.h"
#include "gate/page.h"
#include "gate/progress.h"
#include "gate/repeat.h"
#include "gate/rerun.h"
#include "gate/results.h"
#include "gate/run.h"
#include "gate/say.h"
#include "gate/texts.h"

static struct {
  struct ls_gate_outputs outputs; /* of the program: all its runs */
  int checked;                    /* options and suppressions were */
  int narrowed;                   /* a filter left tests out */
  int state;                      /* what ls_gate_open() gave */
} program;

static struct leakslope_report *new_report(void) {
  struct leakslope_report *report = NULL;
  if (leakslope_report_new(lsg_outputs_program(), &report))
    ls_gate_refuse("leakslope: no memory for a report");
  return report;
}

static struct ls_gate_outputs *own_outputs(void) {
  return lsg_run.of.outputs ? *lsg_run.of.outputs : NULL;
}

/* ---- before the first test ----------------------------------------------- */

/* The library sees only what the program exports. */
extern const char *__lsan_default_suppressions(void) __attribute__((weak));

void ls_gate_check(void) {
  const char *message;
  if (program.checked) return;
  program.checked = 1;
  if (leakslope_options_check(&message)) ls_gate_refuse("%s", message);
  if (__lsan_default_suppressions &&
      leakslope_suppress(__lsan_default_suppressions(), &message))
    ls_gate_refuse("%s", message);
  program.outputs.report = new_report();
  extern const char __start_leakslope_outer[], __stop_leakslope_outer[];
  (void)leakslope_set_outermost(__start_leakslope_outer,
                                __stop_leakslope_outer);
}

/* Report paths are tried before the first test. */
static void prepare_reports(void) {
  struct ls_gate_outputs *own = own_outputs();
  if (own && !own->report && lsg_outputs_given(own)) own->report = new_report();
  lsg_outputs_prepare(&program.outputs, own);
}

/* Environment and default; the run's own setting goes before. */
static int scopes_in_force(void) {
  const char *option = leakslope_option("CK_LEAK_SCOPE");
  int scopes = 0;
  if (lsg_run.of.which) return lsg_run.of.which;
  if (strstr(option, "test")) scopes |= LS_GATE_EACH;
  if (strstr(option, "suite")) scopes |= LS_GATE_SUITE;
  if (strstr(option, "session")) scopes |= LS_GATE_SESSION;
  return scopes;
}

/* Which calls were made is looked at with what gcov counts. */
static int writes_json(void) {
  const struct ls_gate_outputs *own = own_outputs();
  return program.outputs.of[LS_GATE_JSON].file ||
         (own && own->of[LS_GATE_JSON].file);
}

static void prepare_page(void) {
  const unsigned slots = lsg_run.of.ntests + lsg_run.of.nscopes;
  struct lsg_spending spending = {0};
  lsg_page_open(lsg_run.page);
  if (lsg_run.page) spending = *lsg_page_spending(lsg_run.page);
  spending.scoped = 0; /* of this run */
  lsg_page_free(lsg_run.page);
  lsg_run.before += lsg_run.slots;
  lsg_run.slots = slots;
  lsg_run.page = lsg_texts_prepare() ? lsg_page_new(slots) : NULL;
  if (lsg_run.page) lsg_repeat_begin();
  if (lsg_run.page) *lsg_page_spending(lsg_run.page) = spending;
}

/* 1 armed, 0 stands down, -1 not armed. */
static int arm(void) {
  static char text[256];
  const char *cause = NULL;
  int result = -1;
  if (leakslope_stands_down(&cause)) {
    fprintf(stderr, "leakslope: off: %s\n", cause);
    if (!lsg_run.strict) result = 0;
  } else if (!lsg_run.page) {
    cause = "there is no memory for the results";
  } else if (!leakslope_armed(lsg_program_malloc, lsg_program_free, &cause)) {
    result = 1;
  }
  snprintf(text, sizeof text, "%s", cause ? cause : "");
  if (result < 0) fprintf(stderr, "leakslope: not armed: %s\n", text);
  lsg_run.off = text;
  return result;
}

/* ---- the end ------------------------------------------------------------- */

/* Whether each test was judged, so that what matched nothing never will. */
static int is_whole(struct ls_gate_tally tally) {
  return !program.narrowed && (lsg_run.scopes & LS_GATE_EACH) &&
         tally.seen == tally.results;
}

static void say(struct ls_gate_tally tally) {
  lsg_say_tests();
  lsg_say_tally(tally);
  lsg_say_lines(
      leakslope_report_suppressions(program.outputs.report, is_whole(tally)));
  lsg_say_lines(leakslope_report_places(program.outputs.report));
  fprintf(stderr, "leakslope: %s\n",
          leakslope_report_summary(program.outputs.report));
  lsg_say_budget();
}

static struct leakslope_report *report_of_run(void) {
  return program.state && lsg_github_wanted() ? new_report() : NULL;
}

static void write_reports(struct leakslope_report *run) {
  lsg_outputs_write(&program.outputs, own_outputs());
  if (run) lsg_github_tell(run, &program.outputs, own_outputs());
}

static void begin_results(struct leakslope_report *run) {
  const struct ls_gate_outputs *own = own_outputs();
  lsg_results_begin(program.outputs.report, run, own ? own->report : NULL);
}

/* In a process of its own, while the runner may be anywhere in the run. */
static void finish_early(const char *by, int asks) {
  struct ls_gate_tally tally = {0, 0};
  __fsetlocking(stderr, FSETLOCKING_BYCALLER);
  lsg_page_open(lsg_run.page);
  lsg_rerun_speak();
  lsg_progress_end();
  struct leakslope_report *run = report_of_run();
  begin_results(run);
  if (asks) tally = lsg_run.of.adapter->results(1);
  lsg_killed_asked();
  unsigned n = lsg_results_add_open(by);
  program.narrowed = 1; /* tests are left out */
  fprintf(stderr, "leakslope: ended by %s: %u %s not judged\n", by, n,
          n == 1 ? "test was" : "tests were");
  if (program.state) say(tally);
  write_reports(run);
}

int ls_gate_open(const struct ls_gate_run *run) {
  struct leakslope_plan plan;
  ls_gate_check();
  lsg_run.of = *run;
  program.narrowed |= run->is_narrowed;
  (void)leakslope_plan_init(&plan);
  lsg_run.report_only = ls_gate_option_is("CK_LEAK", "report");
  lsg_run.strict = plan.strict;
  lsg_run.scopes = scopes_in_force();
  prepare_reports();
  lsg_run.calls = writes_json() && lsg_coverage_counts();
  prepare_page();
  program.state = arm();
  lsg_run.armed = program.state > 0;
  /* The answer is found here, before any test: it takes a while. */
  if (lsg_run.armed) (void)lsg_coverage_counts();
  lsg_budget_begin();
  lsg_progress_begin();
  lsg_run.runner = getpid();
  lsg_killed_begin(finish_early);
  return program.state;
}

void ls_gate_close(void) {
  lsg_killed_end();
  if (lsg_run.armed) lsg_budget_trace_again();
  lsg_run.runner = 0;
  lsg_page_open(lsg_run.page);
  struct leakslope_report *run = report_of_run();
  begin_results(run);
  struct ls_gate_tally tally = lsg_run.of.adapter->results(0);
  fflush(stdout);
  if (program.state) say(tally);
  write_reports(run);
  leakslope_report_free(run);
  lsg_killed_let_go();
}
