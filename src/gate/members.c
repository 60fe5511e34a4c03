/* SPDX-License-Identifier: MIT */
/* Chooses the tests that take part in the check of a suite or a session. */
#include "members.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_leak.h"
#include "gate.h"
#include "heap.h"

/* Why a test does not take part; NULL if it does. */
static const char *why_left_out(const struct ck_test *test,
                                const struct ck_slot *slot) {
  if (!slot) return "not run";
  if (slot->unfit) return "failing among the others";
  if (ck_gate_refusal(test)) return "not gated";
  if (!slot->ran) return "not run";
  if (!slot->passed) return "failed";
  if (!(ck_run.scopes & LEAK_SCOPE_TEST)) return NULL;
  if (!slot->judged) return leakslope_outcome_name(ck_slot_unmeasured(slot));
  enum leakslope_outcome outcome = (enum leakslope_outcome)(slot->judged - 1);
  return outcome == LEAKSLOPE_CLEAN ? NULL : leakslope_outcome_name(outcome);
}

static void count_left_out(struct ck_members *members, const char *why) {
  for (unsigned i = 0; i < CK_LEFT_OUT; i++) {
    if (!members->left_out[i].why) members->left_out[i].why = why;
    if (strcmp(members->left_out[i].why, why)) continue;
    members->left_out[i].n++;
    return;
  }
}

static void count_test(void *arg, struct ck_test *test) {
  struct ck_members *members = arg;
  if (members->suite && test->tcase->suite != members->suite) return;
  if (test->end > test->start)
    members->tests += (unsigned)(test->end - test->start);
}

static void take_test(void *arg, struct ck_test *test) {
  struct ck_members *members = arg;
  if (members->suite && test->tcase->suite != members->suite) return;
  for (int i = test->start; i < test->end; i++) {
    struct ck_slot *slot = ck_page_slot(
        ck_run.page, test->first_slot + (unsigned)(i - test->start));
    const char *why = why_left_out(test, slot);
    if (why)
      count_left_out(members, why);
    else
      members->all[members->n++] = (struct ck_member){{test, i}, slot, 0};
  }
}

void ck_members_find(struct ck_members *members, struct ck_runner *runner,
                     const struct ck_suite *suite) {
  memset(members, 0, sizeof *members);
  members->suite = suite;
  ck_registry_each(runner, count_test, members);
  members->all = ck_heap_new((members->tests + 1) * sizeof *members->all);
  if (members->all) ck_registry_each(runner, take_test, members);
}

void ck_members_free(struct ck_members *members) {
  ck_heap_free(members->all);
  memset(members, 0, sizeof *members);
}

unsigned ck_members_left(const struct ck_members *members) {
  unsigned n = 0;
  for (unsigned i = 0; i < members->n; i++) n += !members->all[i].dropped;
  return n;
}

static void drop(struct ck_members *members, struct ck_member *member) {
  if (member->dropped) return;
  member->dropped = 1;
  member->slot->unfit = 1;
  count_left_out(members, "failing among the others");
}

void ck_members_drop(struct ck_members *members, unsigned i, int in_fixture,
                     const char *note) {
  const struct ck_test *test = members->all[i].pass.test;
  if (!members->failed[0])
    snprintf(members->failed, sizeof members->failed, "%s: %s",
             in_fixture ? "fixture" : test->shadow.name, note);
  drop(members, &members->all[i]);
  for (unsigned k = 0; in_fixture && k < members->n; k++)
    if (members->all[k].pass.test->tcase == test->tcase)
      drop(members, &members->all[k]);
}

unsigned ck_members_step(unsigned i, int in_fixture) {
  return 2 * i + 1 + (in_fixture != 0);
}

const struct ck_member *ck_members_at_step(const struct ck_members *members,
                                           unsigned step, char *text,
                                           size_t size) {
  if (!step || (step - 1) / 2 >= members->n) return NULL;
  const struct ck_member *member = &members->all[(step - 1) / 2];
  const struct ck_test *test = member->pass.test;
  const struct ck_tcase *tcase = test->tcase;
  const char *suite = tcase->suite ? tcase->suite->name : "";
  char index[16] = "";
  if (test->end - test->start > 1)
    snprintf(index, sizeof index, "[%d]", member->pass.index);
  if ((step - 1) % 2)
    snprintf(text, size, "grows in the unchecked fixtures of %s:%s", suite,
             tcase->name);
  else
    snprintf(text, size, "grows in %s%s of %s:%s", test->shadow.name, index,
             suite, tcase->name);
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

void ck_members_describe(const struct ck_members *members, char *text,
                         size_t size) {
  unsigned left = ck_members_left(members);
  text[0] = '\0';
  if (left == members->tests) return;
  snprintf(text, size, "%u of %u tests; left out:", left, members->tests);
  for (unsigned i = 0; i < CK_LEFT_OUT && members->left_out[i].n; i++)
    append(text, size, "%s %u %s", i ? "," : "", members->left_out[i].n,
           members->left_out[i].why);
  if (members->failed[0]) append(text, size, " (%s)", members->failed);
}
