/* SPDX-License-Identifier: MIT */
/* Chooses the tests that take part in the check of a suite or a session. */
#include "gate/members.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/heap.h"
#include "gate/run.h"

/* Why a test does not take part; NULL if it does. */
static const char *why_left_out(const struct ls_gate_test *test,
                                const struct lsg_slot *slot) {
  if (!slot) return "not run";
  if (slot->unfit) return "failing among the others";
  if (test->refusal) return "not gated";
  if (!slot->ran) return "not run";
  if (!slot->passed) return "failed";
  if (!(lsg_run.scopes & LS_GATE_EACH)) return NULL;
  if (!slot->judged) return leakslope_outcome_name(lsg_slot_unmeasured(slot));
  enum leakslope_outcome outcome = (enum leakslope_outcome)(slot->judged - 1);
  return outcome == LEAKSLOPE_CLEAN ? NULL : leakslope_outcome_name(outcome);
}

static void count_left_out(struct lsg_members *members, const char *why) {
  for (unsigned i = 0; i < LSG_LEFT_OUT; i++) {
    if (!members->left_out[i].why) members->left_out[i].why = why;
    if (strcmp(members->left_out[i].why, why)) continue;
    members->left_out[i].n++;
    return;
  }
}

static void take(struct lsg_members *members, unsigned i) {
  const struct ls_gate_test *test = &lsg_run.of.tests[i];
  struct lsg_slot *slot = lsg_run_slot(i);
  const char *why = why_left_out(test, slot);
  if (why)
    count_left_out(members, why);
  else
    members->all[members->n++] = (struct lsg_member){test, slot, 0};
}

void lsg_members_find(struct lsg_members *members,
                      const struct ls_gate_scope *scope) {
  memset(members, 0, sizeof *members);
  members->tests = scope->n;
  members->all = lsg_heap_new((scope->n + 1) * sizeof *members->all);
  for (unsigned i = 0; members->all && i < scope->n; i++)
    take(members, scope->first + i);
}

void lsg_members_free(struct lsg_members *members) {
  lsg_heap_free(members->all);
  memset(members, 0, sizeof *members);
}

unsigned lsg_members_left(const struct lsg_members *members) {
  unsigned n = 0;
  for (unsigned i = 0; i < members->n; i++) n += !members->all[i].dropped;
  return n;
}

static void drop(struct lsg_members *members, struct lsg_member *member) {
  if (member->dropped) return;
  member->dropped = 1;
  member->slot->unfit = 1;
  count_left_out(members, "failing among the others");
}

void lsg_members_drop(struct lsg_members *members, unsigned i, int in_fixture,
                      const char *note) {
  const struct ls_gate_test *test = members->all[i].test;
  if (!members->failed[0])
    snprintf(members->failed, sizeof members->failed, "%s: %s",
             in_fixture ? "fixture" : test->name, note);
  drop(members, &members->all[i]);
  for (unsigned k = 0; in_fixture && k < members->n; k++)
    if (members->all[k].test->group == test->group)
      drop(members, &members->all[k]);
}

unsigned lsg_members_step(unsigned i, int in_fixture) {
  return 2 * i + 1 + (in_fixture != 0);
}

const struct lsg_member *lsg_members_at_step(const struct lsg_members *members,
                                             unsigned step, char *text,
                                             size_t size) {
  if (!step || (step - 1) / 2 >= members->n) return NULL;
  const struct lsg_member *member = &members->all[(step - 1) / 2];
  const struct ls_gate_test *test = member->test;
  if ((step - 1) % 2)
    snprintf(text, size, "grows in the unchecked fixtures of %s:%s",
             test->group->suite, test->group->name);
  else
    snprintf(text, size, "grows in %s%s of %s:%s", test->name,
             lsg_run_index(test).text, test->group->suite, test->group->name);
  return member;
}

__attribute__((format(printf, 3, 4))) static void append(char *text,
                                                         size_t size,
                                                         const char *format,
                                                         ...) {
  va_list args;
  size_t used = strlen(text);
  va_start(args, format);
  vsnprintf(text + used, size - used, format, args);
  va_end(args);
}

void lsg_members_describe(const struct lsg_members *members, char *text,
                          size_t size) {
  unsigned left = lsg_members_left(members);
  text[0] = '\0';
  if (left == members->tests) return;
  snprintf(text, size, "%u of %u tests; left out:", left, members->tests);
  for (unsigned i = 0; i < LSG_LEFT_OUT && members->left_out[i].n; i++)
    append(text, size, "%s %u %s", i ? "," : "", members->left_out[i].n,
           members->left_out[i].why);
  if (members->failed[0]) append(text, size, " (%s)", members->failed);
}
