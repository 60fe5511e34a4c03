/* SPDX-License-Identifier: MIT */
#include "gate.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "message.h"
#include "real.h"
#include "rerun.h"
#include "timer.h"

struct ck_run ck_run;

static struct {
  struct ck_test *test; /* whose turn it is, NULL outside of tests */
  int index;
  pid_t pid;       /* of the process in which it began */
  int nested;      /* user code is running */
  int passed_body; /* its body came to its end */
} current;

int ck_gate_in_test(void) { return current.nested; }

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
  if (test->tcase->ungated) return "tagged leakslope:off";
  return NULL;
}

/* Seconds for resolving symbols, twice: for a leak and for its confirmation. */
enum { SYMBOLS = 10, SUSPECT_FACTOR = 5, A_DAY = 86400 };

double ck_gate_allowance(const struct leakslope_plan *plan, double timeout) {
  /* An exact number of iterations was asked for: no budget, no limit. */
  if (plan->iterations) return A_DAY;
  /* Two copies, each with a suspect's budget, a last pass and a hang. */
  return 2 * (plan->budget * SUSPECT_FACTOR + timeout) + SYMBOLS;
}

static struct ck_slot *slot_here(void) {
  return ck_page_slot(ck_run.page,
                      current.test->first_slot +
                          (unsigned)(current.index - current.test->start));
}

/* ---- the test's own pass
 * ------------------------------------------------------- */

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static pid_t runner_pid;

__attribute__((constructor)) static void note_runner(void) {
  runner_pid = getpid();
}

static void start_limit(const struct ck_tcase *tcase) {
  pid_t parent = getppid();
  if (ck_run.page && parent == runner_pid && getpid() != runner_pid)
    ck_timer_start(tcase->timeout, parent);
}

/* First of all set-ups: in a process that Check forked for a test, the user's
   limit begins to run. */
void ck_gate_begin(const struct ck_tcase *tcase) {
  current.test = NULL;
  current.passed_body = 0;
  start_limit(tcase);
}

void ck_gate_test(int i) {
  struct ck_test *test = ck_registry_by_name(tcase_name());
  current.test = test;
  current.index = i;
  current.pid = getpid();
  current.passed_body = 0;
  current.nested = 1;
  struct ck_slot *slot = ck_run.page ? slot_here() : NULL;
  if (slot) slot->ran = 1;
  double begin = now();
  ck_call_test(test->original->fn, i);
  if (slot) slot->seconds = now() - begin;
  current.passed_body = 1;
  current.nested = 0;
}

/* ---- after it
 * ---------------------------------------------------------------------- */

/* In a build for coverage, the counts of the test's own pass are written at
   exit; a failure ends by _exit.  So a copy goes out by the front door. */
extern void __gcov_init(void *) __attribute__((weak));
extern int __llvm_profile_runtime __attribute__((weak));

static void save_coverage(void) {
  if (!__gcov_init && !&__llvm_profile_runtime) return;
  pid_t pid = fork();
  if (pid == 0) {
    if (!freopen("/dev/null", "w", stdout)) _exit(0);
    exit(0);
  }
  if (pid > 0) (void)waitpid(pid, NULL, 0);
}

static void raise_failure(const struct leakslope_report *report,
                          const char *cause) {
  const struct ck_test *test = current.test;
  char text[CK_MESSAGE_SIZE];
  ck_message_write(text, sizeof text, report, cause, test, current.index);
  /* Copies have one process group with Check's child; in no-fork mode there is
     no child and nothing is lost. */
  if (getpid() != runner_pid) save_coverage();
  /* Back from "tear-down" to "test", for Check's own report. */
  tcase_fn_start(test->shadow.name, test->original->file, test->original->line);
  __real__ck_assert_failed(test->original->file, test->original->line, NULL,
                           "%s", text);
}

static int plan_for(struct leakslope_plan *plan) {
  if (leakslope_plan_init(plan)) return 0;
  const char *total = leakslope_option("CK_LEAK_TOTAL_BUDGET");
  double limit = total ? strtod(total, NULL) : 60;
  if (*ck_page_spent(ck_run.page) >= limit) plan->shortest = 1;
  return 1;
}

/* A leak is seen twice, in two copies of the same untouched process. */
static void confirm(struct leakslope_report *report,
                    const struct leakslope_plan *plan, struct ck_slot *slot) {
  const char *cause;
  if (leakslope_report_outcome(report) != LEAKSLOPE_LEAK || slot->in_place)
    return;
  struct leakslope_report *second =
      ck_rerun(current.test, current.index, plan, slot, &cause);
  if (!second) return;
  (void)leakslope_report_confirm(report, second);
  leakslope_report_free(second);
}

static void gate(struct ck_slot *slot) {
  struct leakslope_plan plan;
  const char *cause = NULL;
  if (!plan_for(&plan)) return;
  double begin = now();
  struct leakslope_report *report =
      ck_rerun(current.test, current.index, &plan, slot, &cause);
  if (!report) {
    snprintf(slot->reason, sizeof slot->reason, "%s", cause);
    if (ck_run.strict && !ck_run.report_only) raise_failure(NULL, cause);
    return;
  }
  confirm(report, &plan, slot);
  *ck_page_spent(ck_run.page) += now() - begin;
  (void)ck_page_keep(ck_run.page, slot, report);
  if (!ck_run.report_only && leakslope_report_fails(report, ck_run.strict))
    raise_failure(report, NULL);
  leakslope_report_free(report);
}

static void run_teardowns(const struct ck_fixture *fixture) {
  if (!fixture) return;
  run_teardowns(fixture->next);
  if (fixture->teardown) fixture->teardown();
}

void ck_gate_teardown(void) {
  struct ck_test *test = ck_registry_by_name(tcase_name());
  current.nested = 1;
  if (test) run_teardowns(test->tcase->checked);
  current.nested = 0;
  ck_timer_stop();
  if (!current.test || current.pid != getpid() || !current.passed_body) return;
  if (!ck_run.page || !ck_run.armed || ck_gate_refusal(current.test)) return;
  struct ck_slot *slot = slot_here();
  if (slot) gate(slot);
}
