/* SPDX-License-Identifier: MIT */
/* Repeats all tests of a suite, or of a session, as one check. */
#include "scope.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "budget.h"
#include "check_leak.h"
#include "clock.h"
#include "copy.h"
#include "gate.h"
#include "heap.h"
#include "members.h"
#include "message.h"
#include "page.h"
#include "progress.h"
#include "real.h"
#include "rerun.h"
#include "texts.h"

enum { FIRST_RUNG = 61, LAST_RUNG = 251 };

/* ---- the repetition ------------------------------------------------------ */

static struct {
  struct ck_members members;
  struct ck_slot *slot;
  const struct ck_test *running;
} scope;

const char *ck_scope_current(void) {
  return scope.running && ck_rerun_inherited() ? scope.running->shadow.name
                                               : NULL;
}

static void set_ups(const struct ck_tcase *tcase) {
  for (struct ck_fixture *f = tcase->unchecked; f; f = f->next)
    if (f->setup) ck_call_fixture(f->setup);
}

/* What is running is in the shared slot: whatever ends the copy, it is known
   whose doing that was. */
static void enter(unsigned member, int in_fixture) {
  struct ck_progress *progress = ck_page_progress(ck_run.page);
  progress->at = member + 1;
  progress->in_fixture = (uint32_t)in_fixture;
  ck_rerun_step(ck_members_step(member, in_fixture));
  progress->passes++;
}

static void leave_tcase(const struct ck_tcase *tcase, unsigned member) {
  if (!tcase) return;
  enter(member, 1);
  ck_call_teardowns(tcase->unchecked);
}

static void pass(void *arg) {
  const struct ck_tcase *open = NULL;
  unsigned last = 0;
  (void)arg;
  for (unsigned i = 0; i < scope.members.n; i++) {
    const struct ck_member *member = &scope.members.all[i];
    if (member->dropped) continue;
    if (member->pass.test->tcase != open) {
      leave_tcase(open, last);
      open = member->pass.test->tcase;
      enter(i, 1);
      set_ups(open);
    }
    enter(i, 0);
    scope.running = member->pass.test;
    ck_pass_run(&member->pass);
    scope.running = NULL;
    last = i;
  }
  leave_tcase(open, last);
}

/* Between two iterations: what each test case that takes part frees late. */
static void settle(void *arg) {
  const struct ck_tcase *done = NULL;
  (void)arg;
  ck_rerun_step(0);
  for (unsigned i = 0; i < scope.members.n; i++) {
    const struct ck_member *member = &scope.members.all[i];
    const struct ck_tcase *tcase = member->pass.test->tcase;
    if (member->dropped || tcase == done) continue;
    done = tcase;
    if (tcase->settle) ck_rerun_settle(tcase->settle);
  }
}

/* ---- the verdict --------------------------------------------------------- */

static int in_child(void) { return getpid() != ck_run.runner; }

static double patience(void) {
  double most = 0;
  for (unsigned i = 0; i < scope.members.n; i++) {
    double one = ck_patience(scope.members.all[i].pass.test->tcase);
    if (one > most) most = one;
  }
  return most;
}

/* What the baseline calls this check. */
static const char *full_name(void) {
  char *name = ck_texts->name_of_scope;
  const struct ck_suite *suite = scope.members.suite;
  snprintf(name, sizeof ck_texts->name_of_scope, "%s/leakslope/%s",
           suite ? suite->name : "leakslope",
           suite ? "suite scope" : "session scope");
  return name;
}

/* Those of the test cases that take part, together. */
static void gather_bounds(struct leakslope_plan *plan) {
  static struct leakslope_limit *all;
  const struct ck_tcase *done = NULL;
  size_t n = 0;
  for (unsigned i = 0; i < scope.members.n; i++) {
    const struct ck_tcase *tcase = scope.members.all[i].pass.test->tcase;
    struct leakslope_limit *more =
        tcase == done || !tcase->nbounds
            ? NULL
            : ck_heap_resize(all, (n + tcase->nbounds) * sizeof *all);
    done = tcase;
    if (!more) continue;
    all = more;
    memcpy(all + n, tcase->bounds, tcase->nbounds * sizeof *all);
    n += tcase->nbounds;
  }
  plan->bounds = all;
  plan->nbounds = n;
}

static void plan_for(struct leakslope_plan *plan) {
  (void)leakslope_plan_init(plan);
  plan->budget *= scope.members.n ? scope.members.n : 1;
  plan->first_rung = FIRST_RUNG;
  plan->last_rung = LAST_RUNG;
  plan->settle = settle;
  plan->name = full_name();
  if (ck_run.calls) plan->calls_from = leakslope_calls_mark();
  gather_bounds(plan);
}

/* Repeats until no member fails; NULL with a cause where none is left. */
static struct leakslope_report *measure(const struct leakslope_plan *plan,
                                        const char **cause) {
  const struct ck_work work = {pass, NULL, patience(), 1, 0};
  const struct ck_progress *left = ck_page_progress(ck_run.page);
  while (ck_members_left(&scope.members)) {
    struct leakslope_report *report =
        ck_rerun(&work, plan, scope.slot, in_child(), cause);
    if (!report ||
        leakslope_report_outcome(report) != LEAKSLOPE_NOT_REPEATABLE ||
        !left->at || left->at > scope.members.n)
      return report;
    leakslope_report_free(report);
    ck_members_drop(&scope.members, left->at - 1, left->in_fixture != 0,
                    left->note);
  }
  *cause = scope.members.n ? "each of its tests fails among the others"
                           : "none of its tests was clean by itself";
  return NULL;
}

static void confirm(struct leakslope_report *report,
                    const struct leakslope_plan *plan) {
  const struct ck_work work = {pass, NULL, patience(), 1, 0};
  const char *cause;
  if (leakslope_report_outcome(report) != LEAKSLOPE_LEAK) return;
  struct leakslope_plan again = *plan;
  ck_rerun_as_long(&again, report);
  struct leakslope_report *second =
      ck_rerun(&work, &again, scope.slot, in_child(), &cause);
  if (!second) return;
  (void)leakslope_report_confirm(report, second);
  leakslope_report_free(second);
}

static void discount(struct leakslope_report *report,
                     const struct ck_slot *slot, unsigned *taken) {
  struct leakslope_report *earlier =
      slot && slot->judged ? ck_page_report(ck_run.page, slot) : NULL;
  if (!earlier) return;
  *taken += leakslope_report_discount(report, earlier);
  leakslope_report_free(earlier);
}

/* What is blamed on a test, or on a suite before, is not blamed again. */
static void discount_all(struct leakslope_report *report) {
  unsigned taken = 0;
  if (leakslope_report_outcome(report) != LEAKSLOPE_LEAK) return;
  struct ck_slot *slot;
  for (unsigned i = 0; (slot = ck_page_slot(ck_run.page, i)); i++)
    if (slot != scope.slot) discount(report, slot, &taken);
  if (taken)
    (void)leakslope_report_add_note(report,
                                    "what is blamed elsewhere is left out");
}

static uint32_t place_of(const struct ck_member *member) {
  const struct ck_test *test = member->pass.test;
  return test->first_slot + (uint32_t)(member->pass.index - test->start) + 1;
}

/* The test at which the growth appears: its place is the failure's. */
static void name_test(struct leakslope_report *report) {
  char text[256];
  struct ck_slot *slot = scope.slot;
  slot->place = 0;
  if (leakslope_report_outcome(report) == LEAKSLOPE_CLEAN) return;
  const struct ck_member *member = ck_members_at_step(
      &scope.members, leakslope_report_step(report), text, sizeof text);
  if (!member) return;
  (void)leakslope_report_add_note(report, text);
  slot->place = place_of(member);
}

/* Too few iterations for a verdict: the budget with which there were enough. */
static void note_need(struct leakslope_report *report,
                      const struct leakslope_plan *plan, double seconds) {
  char text[96];
  unsigned done = leakslope_report_iterations(report);
  if (leakslope_report_outcome(report) != LEAKSLOPE_INCONCLUSIVE ||
      plan->iterations || done >= FIRST_RUNG)
    return;
  double each = seconds / (done + plan->warmup);
  double budget = each * (FIRST_RUNG + plan->warmup + 1) / scope.members.n;
  snprintf(text, sizeof text, "%d iterations need CK_LEAK_BUDGET=%.3f",
           FIRST_RUNG, budget * 1.2 + 0.001);
  (void)leakslope_report_add_note(report, text);
}

/* The verdict; 1 with a text if it fails. */
static int conclude(struct leakslope_report *report, char *text) {
  struct ck_slot *slot = scope.slot;
  if (slot->left_out[0])
    (void)leakslope_report_add_note(report, slot->left_out);
  slot->judged = (uint32_t)leakslope_report_outcome(report) + 1;
  if (!ck_page_keep(ck_run.page, slot, report))
    snprintf(slot->reason, sizeof slot->reason,
             "there is no room left for its report");
  int fails =
      !ck_run.report_only && leakslope_report_fails(report, ck_run.strict);
  if (fails)
    ck_message_write(text, CK_MESSAGE_SIZE, report,
                     ck_message_repeat_scope(scope.members.suite != NULL),
                     slot);
  leakslope_report_free(report);
  return fails;
}

/* Seconds that one pass takes, as far as the tests' own passes tell. */
static double time_of_members(void) {
  double seconds = 0;
  for (unsigned i = 0; i < scope.members.n; i++)
    seconds += scope.members.all[i].slot->seconds;
  return seconds;
}

static int judge(char *text) {
  struct leakslope_plan plan;
  const char *cause;
  plan_for(&plan);
  double begin = ck_now();
  if (!ck_budget_share_scope(scope.members.n, time_of_members(), &plan)) {
    ck_budget_used(scope.slot, begin, &plan, NULL);
    scope.slot->starved = 1;
    snprintf(scope.slot->reason, sizeof scope.slot->reason,
             "too slow: CK_LEAK_TOTAL_BUDGET left no time for it");
    return 0;
  }
  struct leakslope_report *report = measure(&plan, &cause);
  ck_members_describe(&scope.members, scope.slot->left_out,
                      sizeof scope.slot->left_out);
  if (!report) {
    snprintf(scope.slot->reason, sizeof scope.slot->reason, "%s", cause);
    return 0;
  }
  note_need(report, &plan, ck_now() - begin);
  confirm(report, &plan);
  discount_all(report);
  name_test(report);
  ck_budget_used(scope.slot, begin, &plan, report);
  return conclude(report, text);
}

/* ---- the check ----------------------------------------------------------- */

static void run(const struct ck_scope *which, struct ck_runner *runner,
                const struct ck_suite *suite) {
  scope.slot = ck_page_slot(ck_run.page, which->slot);
  if (!scope.slot || !ck_run.armed) return;
  char *text = ck_texts->scope; /* there with the slot */
  scope.slot->ran = 1;
  ck_progress_scope(which->name);
  if (!which->wanted) {
    snprintf(scope.slot->reason, sizeof scope.slot->reason,
             "this run does not take all tests");
    return;
  }
  ck_copy_know_handlers();
  double begin = ck_now();
  ck_members_find(&scope.members, runner, suite);
  int fails = judge(text);
  scope.slot->seconds = ck_now() - begin;
  if (!scope.slot->place && scope.members.n)
    scope.slot->place = place_of(&scope.members.all[0]);
  ck_members_free(&scope.members);
  const struct ck_test *at = ck_registry_by_slot(runner, scope.slot->place - 1);
  if (fails)
    __real__ck_assert_failed(at ? at->original->file : __FILE__,
                             at ? at->original->line : __LINE__, NULL, "%s",
                             text);
}

/* Which check it is, Check tells by its name's address alone. */
static void ck_scope_test(int i) {
  const struct ck_suite *suite;
  const char *name = __real_tcase_name();
  (void)i;
  ck_page_open(ck_run.page);
  for (struct ck_runner *r = ck_registry_runners(); r; r = r->next) {
    struct ck_scope *found = ck_scope_by_name(r, name, &suite);
    if (!found) continue;
    run(found, r, suite);
    return;
  }
}

/* ---- registration -------------------------------------------------------- */

unsigned ck_scope_number(struct ck_runner *runner, unsigned first) {
  for (struct ck_suite *s = runner->suites; s; s = s->next)
    s->scope.slot = first++;
  runner->session.slot = first++;
  return first;
}

struct ck_scope *ck_scope_by_name(struct ck_runner *runner, const char *name,
                                  const struct ck_suite **suite) {
  *suite = NULL;
  if (!runner || !name) return NULL;
  if (runner->session.name == name) return &runner->session;
  for (struct ck_suite *s = runner->suites; s; s = s->next)
    if (s->scope.name == name) {
      *suite = s;
      return &s->scope;
    }
  return NULL;
}

void ck_scope_each(struct ck_runner *runner,
                   void (*visit)(void *arg, const struct ck_scope *scope,
                                 const struct ck_suite *suite),
                   void *arg) {
  for (struct ck_suite *s = runner->suites; s; s = s->next)
    if (s->scope.added) visit(arg, &s->scope, s);
  if (runner->session.added) visit(arg, &runner->session, NULL);
}

/* To be seen behind all tests of the suite, so before each run that wants it
   for the first time. */
static void add(struct ck_scope *which, const char *name, Suite *suite) {
  which->name = ck_heap_text(name);
  if (!which->name) return;
  which->test = (TTest){which->name, ck_scope_test, __FILE__, __LINE__};
  TCase *tcase = __real_tcase_create("leakslope");
  __real_tcase_set_timeout(tcase, 0);
  __real__tcase_add_test(tcase, &which->test, 0, 0, 0, 1);
  __real_suite_add_tcase(suite, tcase);
  which->added = 1;
}

void ck_scope_add(struct ck_runner *runner, int scopes) {
  for (struct ck_suite *s = runner->suites; s; s = s->next) {
    s->scope.wanted = (scopes & LEAK_SCOPE_SUITE) != 0;
    if (s->scope.wanted && !s->scope.added)
      add(&s->scope, "suite scope", s->handle);
  }
  runner->session.wanted = (scopes & LEAK_SCOPE_SESSION) != 0;
  if (!runner->session.wanted || runner->session.added) return;
  Suite *suite = __real_suite_create("leakslope");
  add(&runner->session, "session scope", suite);
  __real_srunner_add_suite(runner->handle, suite);
}
