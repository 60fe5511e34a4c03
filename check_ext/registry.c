/* SPDX-License-Identifier: MIT */
/* Keeps what the program has registered with Check. */
#include "registry.h"

#include <stdlib.h>
#include <string.h>

#include "gate/heap.h"

static struct {
  struct ck_runner *runners;
  struct ck_suite *loose_suites; /* created, in no runner yet */
  struct ck_tcase *loose_tcases; /* created, in no suite yet */
  void (*runner_is_gone)(struct ck_runner *);
  void (*tcase_is_gone)(const struct ck_tcase *);
} registry;

void ck_registry_on_runner_gone(void (*call)(struct ck_runner *gone)) {
  registry.runner_is_gone = call;
}

void ck_registry_on_tcase_gone(void (*call)(const struct ck_tcase *gone)) {
  registry.tcase_is_gone = call;
}

/* ---- finding ------------------------------------------------------------- */

static struct ck_tcase *tcase_in(struct ck_tcase *list, const TCase *handle) {
  while (list && list->handle != handle) list = list->next;
  return list;
}

static struct ck_suite *suite_in(struct ck_suite *list, const Suite *handle) {
  while (list && list->handle != handle) list = list->next;
  return list;
}

/* Calls visit for each suite, those in runners first; stops at a result. */
static void *each_suite(void *(*visit)(struct ck_suite *, const void *),
                        const void *arg) {
  void *found = NULL;
  for (struct ck_runner *r = registry.runners; r && !found; r = r->next)
    for (struct ck_suite *s = r->suites; s && !found; s = s->next)
      found = visit(s, arg);
  for (struct ck_suite *s = registry.loose_suites; s && !found; s = s->next)
    found = visit(s, arg);
  return found;
}

static void *find_tcase(struct ck_suite *suite, const void *handle) {
  return tcase_in(suite->tcases, handle);
}

struct ck_tcase *ck_registry_tcase(const TCase *handle) {
  struct ck_tcase *tcase = tcase_in(registry.loose_tcases, handle);
  return tcase ? tcase : each_suite(find_tcase, handle);
}

struct ck_runner *ck_registry_runners(void) {
  return registry.runners;
}

struct ck_suite *ck_registry_suite(const Suite *handle) {
  struct ck_suite *suite = suite_in(registry.loose_suites, handle);
  for (struct ck_runner *r = registry.runners; r && !suite; r = r->next)
    suite = suite_in(r->suites, handle);
  return suite;
}

struct ck_test *ck_registry_last_test(const struct ck_tcase *tcase) {
  struct ck_test *test = tcase->tests;
  while (test && test->next) test = test->next;
  return test;
}

static struct ck_test *test_in(struct ck_tcase *tcase, const char *name) {
  for (; tcase; tcase = tcase->next)
    for (struct ck_test *t = tcase->tests; t; t = t->next)
      if (t->shadow.name == name) return t;
  return NULL;
}

static void *find_test(struct ck_suite *suite, const void *name) {
  return test_in(suite->tcases, name);
}

struct ck_test *ck_registry_by_name(const char *name) {
  return name ? each_suite(find_test, name) : NULL;
}

struct ck_runner *ck_registry_runner(const SRunner *handle) {
  struct ck_runner *runner = registry.runners;
  while (runner && runner->handle != handle) runner = runner->next;
  return runner;
}

void ck_registry_each(struct ck_runner *runner,
                      void (*visit)(void *arg, struct ck_test *test),
                      void *arg) {
  for (struct ck_suite *s = runner->suites; s; s = s->next)
    for (struct ck_tcase *c = s->tcases; c; c = c->next)
      for (struct ck_test *t = c->tests; t; t = t->next) visit(arg, t);
}

/* ---- forgetting ---------------------------------------------------------- */

static void free_fixtures(struct ck_fixture *fixture) {
  while (fixture) {
    struct ck_fixture *next = fixture->next;
    lsg_heap_free(fixture);
    fixture = next;
  }
}

static void free_tcase(struct ck_tcase *tcase) {
  if (registry.tcase_is_gone) registry.tcase_is_gone(tcase);
  free_fixtures(tcase->checked);
  free_fixtures(tcase->unchecked);
  while (tcase->tests) {
    struct ck_test *next = tcase->tests->next;
    lsg_heap_free(tcase->tests->name);
    lsg_heap_free(tcase->tests->reason);
    lsg_heap_free(tcase->tests);
    tcase->tests = next;
  }
  for (unsigned i = 0; i < tcase->nbounds; i++)
    lsg_heap_free((char *)tcase->bounds[i].pattern);
  lsg_heap_free(tcase->bounds);
  lsg_heap_free(tcase->tags);
  lsg_heap_free(tcase->name);
  lsg_heap_free(tcase);
}

static void free_suite(struct ck_suite *suite) {
  while (suite->tcases) {
    struct ck_tcase *next = suite->tcases->next;
    free_tcase(suite->tcases);
    suite->tcases = next;
  }
  lsg_heap_free(suite->scope.name);
  lsg_heap_free(suite->name);
  lsg_heap_free(suite);
}

static struct ck_tcase *cut_tcase(struct ck_tcase **list, const TCase *handle) {
  for (; *list; list = &(*list)->next)
    if ((*list)->handle == handle) {
      struct ck_tcase *found = *list;
      *list = found->next;
      found->next = NULL;
      return found;
    }
  return NULL;
}

static struct ck_suite *cut_suite(struct ck_suite **list, const Suite *handle) {
  for (; *list; list = &(*list)->next)
    if ((*list)->handle == handle) {
      struct ck_suite *found = *list;
      *list = found->next;
      found->next = NULL;
      return found;
    }
  return NULL;
}

static void *drop_tcase(struct ck_suite *suite, const void *handle) {
  struct ck_tcase *stale = cut_tcase(&suite->tcases, handle);
  if (stale) free_tcase(stale);
  return NULL;
}

/* Check frees without telling where it was used without a runner; the next
   object at that address says so. */
static void forget_tcase(const TCase *handle) {
  struct ck_tcase *stale = cut_tcase(&registry.loose_tcases, handle);
  if (stale) free_tcase(stale);
  (void)each_suite(drop_tcase, handle);
}

static void forget_suite(const Suite *handle) {
  struct ck_suite *stale = cut_suite(&registry.loose_suites, handle);
  if (stale) free_suite(stale);
  for (struct ck_runner *r = registry.runners; r; r = r->next) {
    stale = cut_suite(&r->suites, handle);
    if (stale) free_suite(stale);
  }
}

void ck_registry_forget_runner(SRunner *handle) {
  for (struct ck_runner **at = &registry.runners; *at; at = &(*at)->next)
    if ((*at)->handle == handle) {
      struct ck_runner *gone = *at;
      *at = gone->next;
      while (gone->suites) {
        struct ck_suite *next = gone->suites->next;
        free_suite(gone->suites);
        gone->suites = next;
      }
      if (registry.runner_is_gone) registry.runner_is_gone(gone);
      lsg_heap_free(gone->session.name);
      lsg_heap_free(gone->judged[0]);
      lsg_heap_free(gone->judged[1]);
      lsg_heap_free(gone->described);
      lsg_heap_free(gone->tests);
      ls_gate_outputs_free(&gone->outputs);
      lsg_heap_free(gone);
      return;
    }
}

/* ---- adding -------------------------------------------------------------- */

struct ck_tcase *ck_registry_new_tcase(TCase *handle, const char *name) {
  forget_tcase(handle);
  struct ck_tcase *tcase = lsg_heap_new(sizeof *tcase);
  if (!tcase) return NULL;
  tcase->handle = handle;
  tcase->name = lsg_heap_text(name ? name : "");
  tcase->given = name;
  tcase->next = registry.loose_tcases;
  registry.loose_tcases = tcase;
  return tcase;
}

struct ck_suite *ck_registry_new_suite(Suite *handle, const char *name) {
  forget_suite(handle);
  struct ck_suite *suite = lsg_heap_new(sizeof *suite);
  if (!suite) return NULL;
  suite->handle = handle;
  suite->name = lsg_heap_text(name ? name : "");
  suite->next = registry.loose_suites;
  registry.loose_suites = suite;
  return suite;
}

void ck_registry_add_tcase(Suite *suite, TCase *tcase) {
  struct ck_suite *to = ck_registry_suite(suite);
  struct ck_tcase *added = to ? cut_tcase(&registry.loose_tcases, tcase) : NULL;
  if (!added) return; /* added twice, or not through us */
  added->suite = to;
  struct ck_tcase **end = &to->tcases;
  while (*end) end = &(*end)->next;
  *end = added;
}

struct ck_runner *ck_registry_new_runner(SRunner *handle, Suite *first) {
  ck_registry_forget_runner(handle);
  struct ck_runner *runner = lsg_heap_new(sizeof *runner);
  if (!runner) return NULL;
  runner->handle = handle;
  runner->next = registry.runners;
  registry.runners = runner;
  if (first) ck_registry_add_suite(handle, first);
  return runner;
}

void ck_registry_add_suite(SRunner *handle, Suite *suite) {
  struct ck_runner *runner = ck_registry_runner(handle);
  struct ck_suite *added =
      runner ? cut_suite(&registry.loose_suites, suite) : NULL;
  if (!added) return;
  added->runner = runner;
  struct ck_suite **end = &runner->suites;
  while (*end) end = &(*end)->next;
  *end = added;
}

static void add_fixture(struct ck_fixture **end, SFun setup, SFun teardown) {
  struct ck_fixture *fixture = lsg_heap_new(sizeof *fixture);
  if (!fixture) return;
  fixture->setup = setup;
  fixture->teardown = teardown;
  while (*end) end = &(*end)->next;
  *end = fixture;
}

void ck_registry_add_fixture(TCase *handle, SFun setup, SFun teardown) {
  struct ck_tcase *tcase = ck_registry_tcase(handle);
  if (tcase) add_fixture(&tcase->checked, setup, teardown);
}

void ck_registry_add_unchecked(TCase *handle, SFun setup, SFun teardown) {
  struct ck_tcase *tcase = ck_registry_tcase(handle);
  if (tcase) add_fixture(&tcase->unchecked, setup, teardown);
}

struct ck_test *ck_registry_add_test(TCase *handle, const TTest *test,
                                     int signal, int exit_value, int start,
                                     int end) {
  struct ck_tcase *tcase = ck_registry_tcase(handle);
  struct ck_test *added = tcase ? lsg_heap_new(sizeof *added) : NULL;
  char *name = added ? lsg_heap_text(test->name) : NULL;
  if (!name) {
    lsg_heap_free(added);
    return NULL;
  }
  added->shadow = *test;
  added->shadow.name = added->name = name;
  added->original = test;
  added->tcase = tcase;
  added->signal = signal;
  added->exit_value = exit_value;
  added->start = start;
  added->end = end;
  struct ck_test **last = &tcase->tests;
  while (*last) last = &(*last)->next;
  *last = added;
  return added;
}
