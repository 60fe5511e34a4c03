/* SPDX-License-Identifier: MIT */
/* Follows a test's own pass, and then judges what the test loses when it is
   repeated. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gate/behind.h"
#include "gate/budget.h"
#include "gate/causes.h"
#include "gate/clock.h"
#include "gate/confirm.h"
#include "gate/copy.h"
#include "gate/coverage.h"
#include "gate/heap.h"
#include "gate/idle.h"
#include "gate/killed.h"
#include "gate/lost.h"
#include "gate/message.h"
#include "gate/outlive.h"
#include "gate/plan.h"
#include "gate/progress.h"
#include "gate/repeat.h"
#include "gate/rerun.h"
#include "gate/run.h"
#include "gate/texts.h"
#include "gate/timer.h"

static struct {
  struct lsg_slot *slot; /* of the test whose turn it is; NULL: of none */
  const struct ls_gate_test *test;
  pid_t pid;      /* of the process in which it began */
  int is_over;    /* its own pass came to its end */
  int limited;    /* the user's time limit runs */
  int starves;    /* it is not judged, since no time is left */
  double ended;   /* of one that starves: when its body returned */
  unsigned calls; /* leakslope_calls_mark() before it */
} current;

/* ---- the test's own pass ------------------------------------------------- */

/* In a process that was forked for a test, the user's limit begins to run. */
static void start_limit(double limit) {
  if (current.limited || !lsg_run.armed || getppid() != lsg_run.runner) return;
  current.limited = 1;
  lsg_timer_start(limit, lsg_run.runner);
}

static void stop_limit(void) {
  if (current.limited && ls_gate_is_apart()) lsg_timer_stop();
  current.limited = 0;
}

/* The gate keeps the process alive behind the test.  What other threads do
   there is no result. */
static int is_judged_apart(void) {
  return ls_gate_is_apart() && current.slot && lsg_run.armed &&
         !current.test->refusal && lsg_run.scopes & LS_GATE_EACH;
}

void ls_gate_before(double limit) {
  current.slot = NULL;
  current.calls = leakslope_calls_mark();
  if (!ls_gate_is_apart()) {
    lsg_killed_come_in_front();
    lsg_idle_begin();
  }
  lsg_copy_know_handlers();
  if (lsg_run.armed) lsg_lost_begin();
  start_limit(limit);
  if (lsg_run.page && ls_gate_is_apart())
    *lsg_page_test(lsg_run.page) = getpid();
  /* In the runner the page is still closed where the test before this one
     ended early, by an assertion. */
  if (!ls_gate_is_apart()) lsg_page_open(lsg_run.page);
  if (lsg_run.armed) lsg_budget_gap_ends();
  lsg_page_close(lsg_run.page);
}

/* Whether it is certain before the body runs that the test gets no time. */
static int starves(const struct ls_gate_test *test) {
  return lsg_run.armed && ls_gate_is_apart() && !test->iterations &&
         lsg_budget_is_used_up();
}

void ls_gate_enter(unsigned n) {
  current.test = &lsg_run.of.tests[n];
  current.pid = getpid();
  current.is_over = 0;
  lsg_page_open(lsg_run.page);
  if (lsg_run.page) *lsg_page_copy(lsg_run.page) = 0; /* of an earlier test */
  current.slot = lsg_run_slot(n);
  if (current.slot) {
    current.slot->ran = 1;
    lsg_behind_note(current.slot);
    current.starves = starves(current.test);
    if (current.starves) lsg_budget_quit();
    current.slot->began = lsg_now();
  }
  lsg_page_close(lsg_run.page);
}

void ls_gate_failed(void) {
  struct lsg_slot *slot = current.slot;
  if (!slot || current.pid != getpid() || current.is_over) return;
  lsg_page_open(lsg_run.page);
  if (slot->seconds <= 0) slot->seconds = lsg_now() - slot->began;
  lsg_page_close(lsg_run.page);
}

void ls_gate_leave(void) {
  if (is_judged_apart()) lsg_outlive_begin();
  /* The page is opened once less for one that is to cost little. */
  if (current.starves)
    current.ended = lsg_now();
  else
    ls_gate_failed();
  current.is_over = 1;
}

void ls_gate_tear_down(void) { lsg_outlive_theirs(1); }

void ls_gate_after(void) {
  lsg_outlive_theirs(0);
  lsg_page_open(lsg_run.page);
  stop_limit();
}

/* ---- after it ------------------------------------------------------------ */

/* Not judged; 1 if that fails the test, with a text. */
static int refused(struct lsg_slot *slot, enum leakslope_outcome outcome,
                   const char *cause, char *text, size_t size) {
  int fails = !lsg_run.report_only &&
              (lsg_run.strict || outcome == LEAKSLOPE_NOT_ARMED);
  slot->unarmed = outcome == LEAKSLOPE_NOT_ARMED;
  slot->starved = outcome == LEAKSLOPE_INCONCLUSIVE;
  size_t n = strlen(cause);
  if (n >= sizeof slot->reason) n = sizeof slot->reason - 1;
  memcpy(slot->reason, cause, n);
  slot->reason[n] = '\0';
  if (fails)
    snprintf(text, size, "%s: %s", leakslope_outcome_name(outcome), cause);
  return fails;
}

static int starved(struct lsg_slot *slot, char *text, size_t size) {
  if (current.starves) slot->seconds = current.ended - slot->began;
  lsg_budget_starved(slot);
  return refused(slot, LEAKSLOPE_INCONCLUSIVE,
                 "too slow: CK_LEAK_TOTAL_BUDGET left no time for it", text,
                 size);
}

/* In a copy where that can be; what is not clean there for want of threads that
   were idle is looked at where they are. */
static struct leakslope_report *rerun(const struct leakslope_plan *plan,
                                      struct lsg_work *work,
                                      struct lsg_slot *slot,
                                      const char **cause) {
  struct leakslope_plan again = *plan;
  double begin = lsg_now();
  work->without = !ls_gate_is_apart();
  struct leakslope_report *report =
      lsg_rerun(work, plan, slot, ls_gate_is_apart(), cause);
  int threads = lsg_threads();
  work->without = 0;
  if (threads <= 1 || slot->in_place) return report;
  if (report && leakslope_report_outcome(report) == LEAKSLOPE_CLEAN)
    return report;
  leakslope_report_free(report);
  lsg_budget_less(&again, lsg_now() - begin);
  return lsg_rerun(work, &again, slot, ls_gate_is_apart(), cause);
}

static void run_pass(void *test) { lsg_run.of.adapter->pass(test); }

/* What becomes of a report: kept for the runner, and a text where it fails. */
static int conclude(unsigned n, struct lsg_slot *slot,
                    struct leakslope_report *report, char *text, size_t size) {
  slot->judged = (uint32_t)leakslope_report_outcome(report) + 1;
  if (!lsg_page_keep(lsg_run.page, slot, report))
    snprintf(slot->reason, sizeof slot->reason, "%s",
             "there is no room left for its report");
  int fails =
      !lsg_run.report_only && leakslope_report_fails(report, lsg_run.strict);
  if (fails) {
    lsg_causes_tell(report, slot);
    lsg_message_write(text, size, report,
                      lsg_repeat(report, &lsg_run.of.tests[n]), slot);
  }
  leakslope_report_free(report);
  if (!fails && !lsg_run.report_only)
    fails = lsg_lost_find(lsg_run.page, slot, text, size);
  return fails;
}

/* The verdict on the test; 1 with a text if it fails. */
static int judge(unsigned n, struct lsg_slot *slot, char *text, size_t size) {
  const struct ls_gate_test *test = &lsg_run.of.tests[n];
  struct leakslope_plan plan;
  const char *cause;
  if (current.starves) return starved(slot, text, size);
  /* No verdict without a canary: the test may have done something to us. */
  if (leakslope_armed(lsg_program_malloc, lsg_program_free, &cause))
    return refused(slot, LEAKSLOPE_NOT_ARMED, cause, text, size);
  lsg_plan_of(test, &plan);
  plan.name = lsg_plan_name(n);
  plan.stack = __builtin_frame_address(0);
  if (lsg_run.calls) plan.calls_from = current.calls;
  lsg_progress_test(n);
  struct lsg_work work = {run_pass, (void *)test, lsg_patience(test->group), 0,
                          0};
  double begin = lsg_now();
  if (!lsg_budget_share(n, slot->seconds, &plan))
    return starved(slot, text, size);
  struct leakslope_report *report = rerun(&plan, &work, slot, &cause);
  if (!ls_gate_is_apart() && slot->in_place) lsg_behind_add(n);
  if (!report) {
    lsg_budget_spent(begin);
    return refused(slot, LEAKSLOPE_NOT_GATED, cause, text, size);
  }
  lsg_confirm(report, &work, &plan, slot, lsg_now() - begin);
  lsg_budget_used(slot, begin, &plan, report);
  return conclude(n, slot, report, text, size);
}

int ls_gate_judge(unsigned n, char *text, size_t size) {
  struct lsg_slot *slot = current.slot;
  if (!slot || current.pid != getpid() || !lsg_run.armed ||
      lsg_run.of.tests[n].refusal)
    return 0;
  slot->passed = 1;
  if (!(lsg_run.scopes & LS_GATE_EACH)) return 0;
  int fails = judge(n, slot, text, size);
  slot->fails = (uint32_t)fails;
  lsg_budget_gap_begins();
  lsg_outlive_end();
  /* A framework may end the process of a failed test by _exit; that of one
     that passed would have had its output and its counts written. */
  if (fails && ls_gate_is_apart()) {
    fflush(stdout);
    lsg_coverage_save();
  }
  return fails;
}
