/* SPDX-License-Identifier: MIT */
/* Describes the tests and scopes of a runner to the gate. */
#include "describe.h"

#include "eligible.h"
#include "gate/heap.h"

static void count(void *arg, struct ck_test *test) {
  unsigned *n = arg;
  if (test->end > test->start) *n += (unsigned)(test->end - test->start);
}

static void describe_group(struct ck_tcase *tcase) {
  tcase->group = (struct ls_gate_group){
      .suite = tcase->suite->name,
      .name = tcase->name,
      .limit = tcase->timeout,
      .bounds = tcase->bounds,
      .nbounds = tcase->nbounds,
      .settle = tcase->settle,
      .of = tcase,
  };
}

/* A setting of the test's own goes before its test case's. */
static struct ls_gate_test description(struct ck_test *test, int is_left_out) {
  const struct ck_settings *own = &test->settings, *all;
  all = &test->tcase->settings;
  return (struct ls_gate_test){
      .group = &test->tcase->group,
      .name = test->shadow.name,
      .loops = test->loops,
      .file = test->original->file,
      .line = test->original->line,
      .refusal = ck_refusal(test),
      .is_left_out = is_left_out,
      .iterations = own->iterations ? own->iterations : all->iterations,
      .warmup = own->warmup ? own->warmup : all->warmup,
      .budget = own->budget > 0 ? own->budget : all->budget,
      .of = test,
  };
}

struct describing {
  struct ls_gate_test *tests;
  unsigned n;
  const struct ck_filter *filter;
};

static void describe_test(void *arg, struct ck_test *test) {
  struct describing *to = arg;
  test->first = to->n;
  if (test->tcase->tests == test) describe_group(test->tcase);
  if (test->end <= test->start) return;
  struct ls_gate_test one =
      description(test, !ck_filter_takes(to->filter, test->tcase));
  for (int i = test->start; i < test->end; i++) {
    one.index = one.loops > 1 || test->start ? i : -1;
    to->tests[to->n++] = one;
  }
}

static unsigned tests_of(const struct ck_suite *suite) {
  unsigned n = 0;
  for (struct ck_tcase *c = suite->tcases; c; c = c->next)
    for (struct ck_test *t = c->tests; t; t = t->next) count(&n, t);
  return n;
}

/* One for each suite, and at the end that of the session. */
static unsigned describe_scopes(struct ck_runner *runner, unsigned tests) {
  unsigned n = 0, first = 0, suites = 0;
  for (struct ck_suite *s = runner->suites; s; s = s->next) suites++;
  lsg_heap_free(runner->described);
  runner->described = lsg_heap_new((suites + 1) * sizeof *runner->described);
  if (!runner->described) return 0;
  for (struct ck_suite *s = runner->suites; s; s = s->next) {
    const unsigned of = tests_of(s);
    runner->described[n] = (struct ls_gate_scope){s->name, first, of};
    s->scope.number = n++;
    first += of;
  }
  runner->described[n] = (struct ls_gate_scope){NULL, 0, tests};
  runner->session.number = n;
  return n + 1;
}

void ck_describe(struct ck_runner *runner, const struct ck_filter *filter,
                 struct ls_gate_run *run) {
  struct describing to = {NULL, 0, filter};
  unsigned n = 0;
  run->is_narrowed = ck_filter_narrows(filter);
  if (!runner) return;
  run->outputs = &runner->outputs;
  run->which = runner->scopes;
  ck_registry_each(runner, count, &n);
  lsg_heap_free(runner->tests);
  runner->tests = to.tests = lsg_heap_new((n + 1) * sizeof *to.tests);
  if (!to.tests) return;
  ck_registry_each(runner, describe_test, &to);
  run->tests = to.tests;
  run->ntests = to.n;
  run->nscopes = describe_scopes(runner, to.n);
  run->scopes = runner->described;
}
