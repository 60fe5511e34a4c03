/* SPDX-License-Identifier: MIT */
/* Makes the plan by which a test is repeated. */
#include "gate/plan.h"

#include <stdio.h>
#include <string.h>

#include "gate/rerun.h"
#include "gate/run.h"
#include "gate/texts.h"

/* Seconds for resolving symbols, twice: for a leak and for its confirmation. */
enum { SYMBOLS = 50, SUSPECT_FACTOR = 5, BUSY = 6, A_DAY = 86400 };

double ls_gate_allowance(const struct ls_gate_test *test) {
  struct leakslope_plan plan;
  lsg_plan_of(test, &plan);
  /* An exact number of iterations was asked for: no budget, no limit. */
  if (plan.iterations) return A_DAY;
  /* Two copies, each with a suspect's budget and one for waiting for threads,
     on a busy machine, a last pass and a hang. */
  return 2 * (plan.budget * (SUSPECT_FACTOR + 1) * BUSY +
              2 * test->group->limit) +
         SYMBOLS;
}

static void settle(void *group) {
  lsg_rerun_settle(((const struct ls_gate_group *)group)->settle);
}

/* The test as its framework knows it, for tracebacks in which it is not. */
static const struct leakslope_frame *itself(const struct ls_gate_test *test) {
  static struct leakslope_frame frame;
  frame = (struct leakslope_frame){.function = test->name,
                                   .filename = test->file,
                                   .lineno = (unsigned)test->line};
  return &frame;
}

void lsg_plan_of(const struct ls_gate_test *test, struct leakslope_plan *plan) {
  const struct ls_gate_group *group = test->group;
  (void)leakslope_plan_init(plan);
  plan->bounds = group->bounds;
  plan->nbounds = group->nbounds;
  plan->itself = itself(test);
  if (test->iterations) plan->iterations = test->iterations;
  if (test->warmup) plan->warmup = test->warmup;
  if (test->budget > 0) plan->budget = test->budget;
  if (!group->settle) return;
  plan->settle = settle;
  plan->settle_arg = (void *)group;
}

/* Tests before the n-th that have its names, each loop counted once. */
static unsigned namesakes(unsigned n) {
  const struct ls_gate_test *tests = lsg_run.of.tests, *of = &tests[n];
  unsigned before = 0;
  for (unsigned i = 0; i < n; i++)
    before += tests[i].of != of->of && tests[i].of != tests[i + 1].of &&
              !strcmp(tests[i].name, of->name) &&
              !strcmp(tests[i].group->name, of->group->name) &&
              !strcmp(tests[i].group->suite, of->group->suite);
  return before;
}

/* As CK_LEAK_LIST does, each index of a loop by itself, and "#2" for the second
   of that name: one that is clean says nothing of another that leaks. */
const char *lsg_plan_name(unsigned n) {
  char *name = lsg_texts->name;
  const size_t size = sizeof lsg_texts->name;
  const struct ls_gate_test *test = &lsg_run.of.tests[n];
  const unsigned before = namesakes(n);
  int used = snprintf(name, size, "%s/%s/%s%s", test->group->suite,
                      test->group->name, test->name, lsg_run_index(test).text);
  if (used > 0 && (size_t)used < size && before)
    snprintf(name + used, size - (size_t)used, "#%u", before + 1);
  return name;
}
