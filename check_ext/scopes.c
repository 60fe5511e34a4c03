/* SPDX-License-Identifier: MIT */
/* Adds the checks over many tests to a run, and has the gate judge them. */
#include "scopes.h"

#include "gate/heap.h"
#include "real.h"

struct ck_scope *ck_scope_by_name(struct ck_runner *runner, const char *name) {
  if (!runner || !name) return NULL;
  if (runner->session.name == name) return &runner->session;
  for (struct ck_suite *s = runner->suites; s; s = s->next)
    if (s->scope.name == name) return &s->scope;
  return NULL;
}

/* Which check it is, Check tells by its name's address alone. */
static const struct ck_scope *running(void) {
  const char *name = __real_tcase_name();
  const struct ck_scope *found = NULL;
  for (struct ck_runner *r = ck_registry_runners(); r && !found; r = r->next)
    found = ck_scope_by_name(r, name);
  return found;
}

static void test_scope(int i) {
  const struct ck_scope *scope = running();
  const struct ls_gate_test *at = NULL;
  char text[LS_GATE_TEXT];
  (void)i;
  if (scope && ls_gate_scope(scope->number, text, &at))
    __real__ck_assert_failed(at ? at->file : scope->test.file,
                             at ? at->line : scope->test.line, NULL, "%s",
                             text);
}

/* To be seen behind all tests of the suite, so before each run that wants it
   for the first time. */
static void add(struct ck_scope *scope, const char *name, Suite *suite) {
  scope->name = lsg_heap_text(name);
  if (!scope->name) return;
  scope->test = (TTest){scope->name, test_scope, __FILE__, __LINE__};
  TCase *tcase = __real_tcase_create("leakslope");
  __real_tcase_set_timeout(tcase, 0);
  __real__tcase_add_test(tcase, &scope->test, 0, 0, 0, 1);
  __real_suite_add_tcase(suite, tcase);
  scope->added = 1;
}

void ck_scopes_add(struct ck_runner *runner, const struct ls_gate_run *run) {
  for (struct ck_suite *s = runner->suites; s; s = s->next)
    if (run->nscopes && !s->scope.added && ls_gate_wants(s->scope.number))
      add(&s->scope, "suite scope", s->handle);
  if (!run->nscopes || runner->session.added ||
      !ls_gate_wants(runner->session.number))
    return;
  Suite *suite = __real_suite_create("leakslope");
  add(&runner->session, "session scope", suite);
  __real_srunner_add_suite(runner->handle, suite);
}
