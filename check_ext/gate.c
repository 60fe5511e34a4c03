/* SPDX-License-Identifier: MIT */
/* Lets Check run a test's own pass, and then judges what the test loses when it
   is repeated. */
#include "gate.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "behind.h"
#include "budget.h"
#include "check_leak.h"
#include "clock.h"
#include "copy.h"
#include "coverage.h"
#include "heap.h"
#include "idle.h"
#include "killed.h"
#include "lost.h"
#include "message.h"
#include "outlive.h"
#include "progress.h"
#include "real.h"
#include "rerun.h"
#include "texts.h"
#include "timer.h"

struct ck_run ck_run;

static struct {
  const struct ck_tcase *tcase; /* whose set-ups were begun */
  struct ck_test *test;         /* whose turn it is, NULL outside of tests */
  struct ck_slot *slot;
  int index;
  pid_t pid;             /* of the process in which it began */
  int passed_body;       /* its body came to its end */
  int limited;           /* the user's time limit runs */
  unsigned calls;        /* leakslope_calls_mark() before it */
  const char *mark_file; /* where it was last; NULL: it passed no mark */
  int mark_line;
} current;

const char *ck_gate_refusal(const struct ck_test *test) {
  static char why[64];
  if (test->signal) {
    snprintf(why, sizeof why, "expects signal %d", test->signal);
    return why;
  }
  if (test->exit_value) {
    snprintf(why, sizeof why, "expects exit value %d", test->exit_value);
    return why;
  }
  if (test->reason) return test->reason;
  const struct ck_tcase *tcase = test->tcase;
  if (tcase->gate == CK_GATE_OFF) return "switched off for its test case";
  if (tcase->gate == CK_GATE_ON) return NULL;
  if (tcase->ungated) return "tagged leakslope:off";
  if (tcase->suite && tcase->suite->gate == CK_GATE_OFF)
    return "switched off for its suite";
  return NULL;
}

/* Seconds for resolving symbols, twice: for a leak and for its confirmation. */
enum { SYMBOLS = 50, SUSPECT_FACTOR = 5, BUSY = 6, A_DAY = 86400 };

double ck_gate_allowance(const struct leakslope_plan *plan, double timeout) {
  /* An exact number of iterations was asked for: no budget, no limit. */
  if (plan->iterations) return A_DAY;
  /* Two copies, each with a suspect's budget and one for waiting for threads,
     on a busy machine, a last pass and a hang. */
  return 2 * (plan->budget * (SUSPECT_FACTOR + 1) * BUSY + 2 * timeout) +
         SYMBOLS;
}

static struct ck_slot *slot_of(const struct ck_test *test, int i) {
  if (!ck_run.page) return NULL;
  return ck_page_slot(ck_run.page,
                      test->first_slot + (unsigned)(i - test->start));
}

static int in_child(void) { return getpid() != ck_run.runner; }

/* ---- the test's own pass ------------------------------------------------- */

/* In a process that Check forked for a test, the user's limit begins to run. */
static void start_limit(const struct ck_tcase *tcase) {
  if (current.limited || !ck_run.armed || getppid() != ck_run.runner) return;
  current.limited = 1;
  ck_timer_start(tcase->timeout, ck_run.runner);
}

/* The gate keeps the process alive behind the test.  What other threads do
   there is no result. */
static int is_judged_apart(void) {
  return in_child() && current.slot && ck_run.armed &&
         !ck_gate_refusal(current.test) && ck_run.scopes & LEAK_SCOPE_TEST;
}

/* First of all set-ups. */
void ck_gate_begin(const struct ck_tcase *tcase) {
  current.tcase = tcase;
  current.test = NULL;
  current.slot = NULL;
  current.passed_body = 0;
  current.calls = leakslope_calls_mark();
  if (!in_child()) ck_killed_come_in_front();
  if (!in_child()) ck_idle_begin();
  ck_copy_know_handlers();
  if (ck_run.armed) ck_lost_begin();
  start_limit(tcase);
  ck_page_close(ck_run.page);
}

void ck_gate_test(int i) {
  struct ck_test *test = ck_registry_by_name(tcase_name());
  if (current.tcase != test->tcase) ck_gate_begin(test->tcase);
  current.test = test;
  current.index = i;
  current.pid = getpid();
  current.passed_body = 0;
  current.mark_file = NULL;
  ck_page_open(ck_run.page);
  if (ck_run.page) *ck_page_copy(ck_run.page) = 0; /* of an earlier test */
  current.slot = slot_of(test, i);
  if (current.slot) {
    current.slot->ran = 1;
    ck_behind_note(current.slot);
    current.slot->began = ck_now();
  }
  ck_page_close(ck_run.page);
  ck_call_test(test->original->fn, i);
  if (is_judged_apart()) ck_outlive_begin();
  ck_gate_ended();
  current.passed_body = 1;
}

void ck_gate_ended(void) {
  struct ck_slot *slot = current.slot;
  if (!slot || current.pid != getpid() || current.passed_body) return;
  ck_page_open(ck_run.page);
  if (slot->seconds <= 0) slot->seconds = ck_now() - slot->began;
  ck_page_close(ck_run.page);
}

void ck_gate_mark(const char *file, int line) {
  if (!current.test || current.passed_body) return;
  current.mark_file = file;
  current.mark_line = line;
}

/* ---- after it ------------------------------------------------------------ */

static void raise_failure(const char *text) {
  const struct ck_test *test = current.test;
  /* Check ends a failed test by _exit; a test that passed would have had its
     output written.  In no-fork mode nothing ends here. */
  if (in_child()) {
    fflush(stdout);
    ck_coverage_save();
  }
  /* Back from "tear-down" to "test", for Check's own report. */
  tcase_fn_start(test->shadow.name, test->original->file, test->original->line);
  __real__ck_assert_failed(test->original->file, test->original->line, NULL,
                           "%s", text);
}

/* Back from "tear-down" to "test": Check says of a process that ends behind it
   where that was. */
static void return_to_test(void) {
  const struct ck_test *test = current.test;
  tcase_fn_start(test->shadow.name, test->original->file, test->original->line);
  if (current.mark_file)
    __real__mark_point(current.mark_file, current.mark_line);
}

static void settle(void *arg) { ck_rerun_settle(((SFun *)arg)[0]); }

static void apply(const struct ck_settings *settings,
                  struct leakslope_plan *plan) {
  if (settings->iterations) plan->iterations = settings->iterations;
  if (settings->warmup) plan->warmup = settings->warmup;
  if (settings->budget > 0) plan->budget = settings->budget;
}

void ck_gate_plan(const struct ck_test *test, struct leakslope_plan *plan) {
  struct ck_tcase *tcase = test->tcase;
  (void)leakslope_plan_init(plan);
  plan->bounds = tcase->bounds;
  plan->nbounds = tcase->nbounds;
  apply(&tcase->settings, plan);
  apply(&test->settings, plan);
  if (!tcase->settle) return;
  plan->settle = settle;
  plan->settle_arg = &tcase->settle;
}

struct namesake {
  const struct ck_test *of;
  unsigned before;
  int reached;
};

static void count_namesake(void *arg, struct ck_test *test) {
  struct namesake *same = arg;
  same->reached |= test == same->of;
  same->before +=
      !same->reached && !strcmp(test->shadow.name, same->of->shadow.name) &&
      !strcmp(test->tcase->name, same->of->tcase->name) &&
      !strcmp(test->tcase->suite->name, same->of->tcase->suite->name);
}

/* What the baseline calls this test: as CK_LEAK_LIST does, each index of a
   loop by itself, and "#2" for the second of that name: one that is clean says
   nothing of another that leaks. */
static const char *full_name(const struct ck_test *test, int i) {
  char *name = ck_texts->name;
  const size_t size = sizeof ck_texts->name;
  const struct ck_suite *suite = test->tcase->suite;
  struct namesake same = {test, 0, 0};
  if (suite && suite->runner)
    ck_registry_each(suite->runner, count_namesake, &same);
  int n = snprintf(name, size, "%s/%s/%s", suite ? suite->name : "",
                   test->tcase->name, test->shadow.name);
  if (n > 0 && (size_t)n < size && test->end - test->start > 1)
    n += snprintf(name + n, size - (size_t)n, "[%d]", i);
  if (n > 0 && (size_t)n < size && same.before)
    snprintf(name + n, size - (size_t)n, "#%u", same.before + 1);
  return name;
}

/* A leak is seen twice, in two copies of the same untouched process.  None
   where time is used up, or where there is no copy. */
static void confirm(struct leakslope_report *report, const struct ck_work *work,
                    const struct leakslope_plan *plan, struct ck_slot *slot,
                    double seconds) {
  const char *cause;
  if (leakslope_report_outcome(report) != LEAKSLOPE_LEAK || slot->in_place)
    return;
  if (!plan->iterations && !ck_budget_has(2 * seconds)) {
    (void)leakslope_report_add_note(
        report, "not confirmed: CK_LEAK_TOTAL_BUDGET is used up");
    return;
  }
  struct leakslope_plan again = *plan;
  again.calls_from = 0;
  ck_budget_less(&again, seconds);
  ck_rerun_as_long(&again, report);
  struct leakslope_report *second =
      ck_rerun(work, &again, slot, in_child(), &cause);
  if (!second) return;
  (void)leakslope_report_confirm(report, second);
  leakslope_report_free(second);
}

/* Not judged; 1 if that fails the test, with a text. */
static int refused(struct ck_slot *slot, enum leakslope_outcome outcome,
                   const char *cause, char *text) {
  slot->unarmed = outcome == LEAKSLOPE_NOT_ARMED;
  slot->starved = outcome == LEAKSLOPE_INCONCLUSIVE;
  snprintf(slot->reason, sizeof slot->reason, "%s", cause);
  snprintf(text, CK_MESSAGE_SIZE, "%s: %s", leakslope_outcome_name(outcome),
           cause);
  return !ck_run.report_only &&
         (ck_run.strict || outcome == LEAKSLOPE_NOT_ARMED);
}

/* In a copy where that can be; what is not clean there for want of threads that
   were idle is looked at where they are. */
static struct leakslope_report *rerun(const struct leakslope_plan *plan,
                                      struct ck_work *work,
                                      struct ck_slot *slot,
                                      const char **cause) {
  struct leakslope_plan again = *plan;
  double begin = ck_now();
  work->without = !in_child();
  struct leakslope_report *report =
      ck_rerun(work, plan, slot, in_child(), cause);
  int threads = ck_threads();
  work->without = 0;
  if (threads <= 1 || slot->in_place) return report;
  if (report && leakslope_report_outcome(report) == LEAKSLOPE_CLEAN)
    return report;
  leakslope_report_free(report);
  ck_budget_less(&again, ck_now() - begin);
  return ck_rerun(work, &again, slot, in_child(), cause);
}

/* The test as Check knows it, for tracebacks in which it is not. */
static const struct leakslope_frame *itself(const TTest *test) {
  static struct leakslope_frame frame;
  frame = (struct leakslope_frame){.function = test->name,
                                   .filename = test->file,
                                   .lineno = (unsigned)test->line};
  return &frame;
}

/* The verdict on the test; 1 with a text if it fails. */
static int judge(struct ck_slot *slot, char *text) {
  struct leakslope_plan plan;
  const char *cause;
  /* No verdict without a canary: the test may have done something to us. */
  if (leakslope_armed(ck_program_malloc, ck_program_free, &cause))
    return refused(slot, LEAKSLOPE_NOT_ARMED, cause, text);
  ck_gate_plan(current.test, &plan);
  plan.name = full_name(current.test, current.index);
  plan.itself = itself(current.test->original);
  if (ck_run.calls) plan.calls_from = current.calls;
  struct ck_pass pass = {current.test, current.index};
  ck_progress_test(current.test, current.index);
  struct ck_work work = ck_work_of(&pass);
  double begin = ck_now();
  if (!ck_budget_share(current.test, current.index, slot->seconds, &plan)) {
    ck_budget_used(slot, begin, &plan, NULL);
    return refused(slot, LEAKSLOPE_INCONCLUSIVE,
                   "too slow: CK_LEAK_TOTAL_BUDGET left no time for it", text);
  }
  struct leakslope_report *report = rerun(&plan, &work, slot, &cause);
  if (!in_child() && slot->in_place) ck_behind_add(current.test, current.index);
  if (!report) {
    ck_budget_spent(begin);
    return refused(slot, LEAKSLOPE_NOT_GATED, cause, text);
  }
  confirm(report, &work, &plan, slot, ck_now() - begin);
  slot->judged = (uint32_t)leakslope_report_outcome(report) + 1;
  ck_budget_used(slot, begin, &plan, report);
  if (!ck_page_keep(ck_run.page, slot, report))
    snprintf(slot->reason, sizeof slot->reason, "%s",
             "there is no room left for its report");
  int fails =
      !ck_run.report_only && leakslope_report_fails(report, ck_run.strict);
  if (fails)
    ck_message_write(text, CK_MESSAGE_SIZE, report,
                     ck_message_repeat(report, current.test), slot);
  leakslope_report_free(report);
  if (!fails && !ck_run.report_only)
    fails = ck_lost_find(ck_run.page, slot, text, CK_MESSAGE_SIZE);
  return fails;
}

static void stop_limit(void) {
  if (current.limited && in_child()) ck_timer_stop();
  current.limited = 0;
}

/* Without a tear-down of the program's, Check has not left the test. */
static int has_teardown(const struct ck_tcase *tcase) {
  for (const struct ck_fixture *f = tcase->checked; f; f = f->next)
    if (f->teardown) return 1;
  return 0;
}

void ck_gate_teardown(void) {
  /* Wiped: it lies where the test's frames were, see lost.c. */
  char text[CK_MESSAGE_SIZE] = "";
  ck_outlive_theirs(1);
  if (current.tcase) ck_call_teardowns(current.tcase->checked);
  ck_outlive_theirs(0);
  ck_page_open(ck_run.page);
  stop_limit();
  if (!current.test || current.pid != getpid() || !current.passed_body) return;
  if (in_child() && !has_teardown(current.tcase)) return_to_test();
  if (!current.slot || !ck_run.armed || ck_gate_refusal(current.test)) return;
  current.slot->passed = 1;
  if (!(ck_run.scopes & LEAK_SCOPE_TEST)) return;
  int fails = judge(current.slot, text);
  current.slot->fails = (uint32_t)fails;
  ck_outlive_end();
  if (fails) raise_failure(text);
}
