/* SPDX-License-Identifier: MIT */
/* Repeats all tests of a suite, or of a session, as one check. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gate/budget.h"
#include "gate/causes.h"
#include "gate/clock.h"
#include "gate/confirm.h"
#include "gate/copy.h"
#include "gate/heap.h"
#include "gate/members.h"
#include "gate/message.h"
#include "gate/progress.h"
#include "gate/repeat.h"
#include "gate/rerun.h"
#include "gate/run.h"
#include "gate/texts.h"

enum { FIRST_RUNG = 61, LAST_RUNG = 251 };

/* ---- the repetition ------------------------------------------------------ */

static struct {
  struct lsg_members members;
  const struct ls_gate_scope *of;
  struct lsg_slot *slot;
} scope;

/* What is running is in the shared slot: whatever ends the copy, it is known
   whose doing that was. */
static void enter(unsigned member, int in_fixture) {
  struct lsg_progress *progress = lsg_page_progress(lsg_run.page);
  progress->at = member + 1;
  progress->in_fixture = (uint32_t)in_fixture;
  lsg_rerun_step(lsg_members_step(member, in_fixture));
  progress->passes++;
}

static void leave_group(const struct ls_gate_group *group, unsigned member) {
  if (!group) return;
  enter(member, 1);
  if (lsg_run.of.adapter->leave) lsg_run.of.adapter->leave(group);
}

static void enter_group(const struct ls_gate_group *group, unsigned member) {
  enter(member, 1);
  if (lsg_run.of.adapter->enter) lsg_run.of.adapter->enter(group);
}

static void pass(void *arg) {
  const struct ls_gate_group *open = NULL;
  unsigned last = 0;
  (void)arg;
  for (unsigned i = 0; i < scope.members.n; i++) {
    const struct lsg_member *member = &scope.members.all[i];
    if (member->dropped) continue;
    if (member->test->group != open) {
      leave_group(open, last);
      open = member->test->group;
      enter_group(open, i);
    }
    enter(i, 0);
    lsg_run.of.adapter->pass(member->test);
    last = i;
  }
  leave_group(open, last);
}

/* Between two iterations: what each group that takes part frees late. */
static void settle(void *arg) {
  const struct ls_gate_group *done = NULL;
  (void)arg;
  lsg_rerun_step(0);
  for (unsigned i = 0; i < scope.members.n; i++) {
    const struct lsg_member *member = &scope.members.all[i];
    const struct ls_gate_group *group = member->test->group;
    if (member->dropped || group == done) continue;
    done = group;
    if (group->settle) lsg_rerun_settle(group->settle);
  }
}

/* ---- the verdict --------------------------------------------------------- */

static double patience(void) {
  double most = 0;
  for (unsigned i = 0; i < scope.members.n; i++) {
    double one = lsg_patience(scope.members.all[i].test->group);
    if (one > most) most = one;
  }
  return most;
}

/* What the baseline calls this check. */
static const char *full_name(void) {
  char *name = lsg_texts->name_of_scope;
  const char *suite = scope.of->suite;
  snprintf(name, sizeof lsg_texts->name_of_scope, "%s/leakslope/%s",
           suite ? suite : "leakslope",
           suite ? "suite scope" : "session scope");
  return name;
}

/* Those of the groups that take part, together. */
static void gather_bounds(struct leakslope_plan *plan) {
  static struct leakslope_limit *all;
  const struct ls_gate_group *done = NULL;
  size_t n = 0;
  for (unsigned i = 0; i < scope.members.n; i++) {
    const struct ls_gate_group *group = scope.members.all[i].test->group;
    struct leakslope_limit *more =
        group == done || !group->nbounds
            ? NULL
            : lsg_heap_resize(all, (n + group->nbounds) * sizeof *all);
    done = group;
    if (!more) continue;
    all = more;
    memcpy(all + n, group->bounds, group->nbounds * sizeof *all);
    n += group->nbounds;
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
  plan->stack = __builtin_frame_address(0);
  if (lsg_run.calls) plan->calls_from = leakslope_calls_mark();
  gather_bounds(plan);
}

static struct lsg_work work_of_all(void) {
  return (struct lsg_work){pass, NULL, patience(), 1, 0};
}

/* Repeats until no member fails; NULL with a cause where none is left. */
static struct leakslope_report *measure(const struct leakslope_plan *plan,
                                        const char **cause) {
  const struct lsg_work work = work_of_all();
  const struct lsg_progress *left = lsg_page_progress(lsg_run.page);
  while (lsg_members_left(&scope.members)) {
    struct leakslope_report *report =
        lsg_rerun(&work, plan, scope.slot, ls_gate_is_apart(), cause);
    if (!report ||
        leakslope_report_outcome(report) != LEAKSLOPE_NOT_REPEATABLE ||
        !left->at || left->at > scope.members.n)
      return report;
    leakslope_report_free(report);
    lsg_members_drop(&scope.members, left->at - 1, left->in_fixture != 0,
                     left->note);
  }
  *cause = scope.members.n ? "each of its tests fails among the others"
                           : "none of its tests was clean by itself";
  return NULL;
}

static void discount(struct leakslope_report *report,
                     const struct lsg_slot *slot, unsigned *taken) {
  struct leakslope_report *earlier =
      slot && slot->judged ? lsg_page_report(lsg_run.page, slot) : NULL;
  if (!earlier) return;
  *taken += leakslope_report_discount(report, earlier);
  leakslope_report_free(earlier);
}

/* What is blamed on a test, or on a suite before, is not blamed again. */
static void discount_all(struct leakslope_report *report) {
  unsigned taken = 0;
  if (leakslope_report_outcome(report) != LEAKSLOPE_LEAK) return;
  struct lsg_slot *slot;
  for (unsigned i = 0; (slot = lsg_page_slot(lsg_run.page, i)); i++)
    if (slot != scope.slot) discount(report, slot, &taken);
  if (taken)
    (void)leakslope_report_add_note(report,
                                    "what is blamed elsewhere is left out");
}

static uint32_t place_of(const struct lsg_member *member) {
  return (uint32_t)(member->test - lsg_run.of.tests) + 1;
}

/* The test at which the growth appears: its place is the failure's. */
static void name_test(struct leakslope_report *report) {
  char text[256];
  struct lsg_slot *slot = scope.slot;
  slot->place = 0;
  if (leakslope_report_outcome(report) == LEAKSLOPE_CLEAN) return;
  const struct lsg_member *member = lsg_members_at_step(
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
  struct lsg_slot *slot = scope.slot;
  if (slot->left_out[0])
    (void)leakslope_report_add_note(report, slot->left_out);
  slot->judged = (uint32_t)leakslope_report_outcome(report) + 1;
  if (!lsg_page_keep(lsg_run.page, slot, report))
    snprintf(slot->reason, sizeof slot->reason,
             "there is no room left for its report");
  int fails =
      !lsg_run.report_only && leakslope_report_fails(report, lsg_run.strict);
  if (fails) lsg_causes_tell(report, slot);
  if (fails)
    lsg_message_write(text, LS_GATE_TEXT, report,
                      lsg_repeat_scope(scope.of->suite != NULL), slot);
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
  double begin = lsg_now();
  if (!lsg_budget_share_scope(scope.members.n, time_of_members(), &plan)) {
    lsg_budget_starved(scope.slot);
    scope.slot->starved = 1;
    snprintf(scope.slot->reason, sizeof scope.slot->reason,
             "too slow: CK_LEAK_TOTAL_BUDGET left no time for it");
    return 0;
  }
  struct leakslope_report *report = measure(&plan, &cause);
  lsg_members_describe(&scope.members, scope.slot->left_out,
                       sizeof scope.slot->left_out);
  if (!report) {
    snprintf(scope.slot->reason, sizeof scope.slot->reason, "%s", cause);
    return 0;
  }
  note_need(report, &plan, lsg_now() - begin);
  const struct lsg_work work = work_of_all();
  lsg_confirm(report, &work, &plan, scope.slot, 0);
  discount_all(report);
  name_test(report);
  lsg_budget_used(scope.slot, begin, &plan, report);
  return conclude(report, text);
}

/* ---- the check ----------------------------------------------------------- */

int ls_gate_wants(unsigned i) {
  const int which =
      lsg_run.of.scopes[i].suite ? LS_GATE_SUITE : LS_GATE_SESSION;
  return lsg_run.armed && !lsg_run.of.is_narrowed &&
         (lsg_run.scopes & which) != 0;
}

int ls_gate_scope(unsigned i, char text[LS_GATE_TEXT],
                  const struct ls_gate_test **at) {
  *at = NULL;
  lsg_page_open(lsg_run.page);
  scope.slot = lsg_run_scope_slot(i);
  scope.of = &lsg_run.of.scopes[i];
  if (!scope.slot || !lsg_run.armed) return 0;
  scope.slot->ran = 1;
  lsg_progress_scope(scope.of->suite ? "suite scope" : "session scope");
  if (!ls_gate_wants(i)) {
    snprintf(scope.slot->reason, sizeof scope.slot->reason,
             "this run does not take all tests");
    return 0;
  }
  lsg_copy_know_handlers();
  double begin = lsg_now();
  lsg_members_find(&scope.members, scope.of);
  int fails = judge(text);
  scope.slot->seconds = lsg_now() - begin;
  if (!scope.slot->place && scope.members.n)
    scope.slot->place = place_of(&scope.members.all[0]);
  lsg_members_free(&scope.members);
  if (scope.slot->place) *at = &lsg_run.of.tests[scope.slot->place - 1];
  return fails;
}
