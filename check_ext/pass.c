/* SPDX-License-Identifier: MIT */
/* Runs a test's set-ups, body and tear-downs, for Check and for the gate. */
#include "pass.h"

#include <stdlib.h>
#include <unistd.h>

#include "real.h"

static struct {
  const struct ck_tcase *tcase; /* whose set-ups were begun */
  struct ck_test *test;         /* whose turn it is, NULL outside of tests */
  unsigned number;              /* which of the run's tests that is */
  pid_t pid;                    /* of the process in which it began */
  int passed_body;              /* its body came to its end */
  const char *mark_file;        /* where it was last; NULL: it passed no mark */
  int mark_line;
  const struct ck_test *repeated; /* in a repetition */
} current;

/* ---- the program's code -------------------------------------------------- */

LS_GATE_OUTERMOST static void call_test(TFun function, int i) {
  function(i);
  /* The call must not become a jump: this frame is what tells the user's code
     from ours. */
  __asm__ volatile("");
}

LS_GATE_OUTERMOST static void call_fixture(SFun function) {
  function();
  __asm__ volatile("");
}

static void set_up(const struct ck_fixture *first) {
  for (const struct ck_fixture *f = first; f; f = f->next)
    if (f->setup) call_fixture(f->setup);
}

/* In reverse order of registration, as Check does it. */
static void tear_down(const struct ck_fixture *first) {
  if (!first) return;
  tear_down(first->next);
  if (first->teardown) call_fixture(first->teardown);
}

/* ---- the test's own pass ------------------------------------------------- */

/* First of all set-ups. */
void ck_pass_begin(const struct ck_tcase *tcase) {
  current.tcase = tcase;
  current.test = NULL;
  current.passed_body = 0;
  ls_gate_before(tcase->timeout);
}

void ck_pass_test(int i) {
  struct ck_test *test = ck_registry_by_name(tcase_name());
  if (current.tcase != test->tcase) ck_pass_begin(test->tcase);
  current.test = test;
  current.number = test->first + (unsigned)(i - test->start);
  current.pid = getpid();
  current.passed_body = 0;
  current.mark_file = NULL;
  ls_gate_enter(current.number);
  call_test(test->original->fn, i);
  ls_gate_leave();
  current.passed_body = 1;
}

void ck_pass_mark(const char *file, int line) {
  if (!current.test || current.passed_body) return;
  current.mark_file = file;
  current.mark_line = line;
}

/* ---- after it ------------------------------------------------------------ */

/* Back from "tear-down" to "test", for Check's own report. */
static void back_to_test(void) {
  const struct ck_test *test = current.test;
  tcase_fn_start(test->shadow.name, test->original->file, test->original->line);
}

/* Check says of a process that ends behind the test where that was. */
static void return_to_test(void) {
  back_to_test();
  if (current.mark_file)
    __real__mark_point(current.mark_file, current.mark_line);
}

/* Without a tear-down of the program's, Check has not left the test. */
static int has_teardown(const struct ck_tcase *tcase) {
  for (const struct ck_fixture *f = tcase->checked; f; f = f->next)
    if (f->teardown) return 1;
  return 0;
}

void ck_pass_teardown(void) {
  /* Wiped: it lies where the test's frames were, see src/gate/lost.c. */
  char text[LS_GATE_TEXT] = "";
  ls_gate_tear_down();
  if (current.tcase) tear_down(current.tcase->checked);
  ls_gate_after();
  if (!current.test || current.pid != getpid() || !current.passed_body) return;
  if (ls_gate_is_apart() && !has_teardown(current.tcase)) return_to_test();
  if (!ls_gate_judge(current.number, text, sizeof text)) return;
  const TTest *original = current.test->original;
  back_to_test();
  __real__ck_assert_failed(original->file, original->line, NULL, "%s", text);
}

/* ---- for the gate -------------------------------------------------------- */

void ck_pass_run(const struct ls_gate_test *of) {
  const struct ck_test *test = of->of;
  current.repeated = test;
  set_up(test->tcase->checked);
  call_test(test->original->fn, of->index < 0 ? 0 : of->index);
  tear_down(test->tcase->checked);
  /* A process that the test forked came back instead of ending: it ends here,
     where Check would end it. */
  if (!ls_gate_repeats_here()) _exit(EXIT_SUCCESS);
  current.repeated = NULL;
}

void ck_pass_enter(const struct ls_gate_group *group) {
  set_up(((const struct ck_tcase *)group->of)->unchecked);
}

void ck_pass_leave(const struct ls_gate_group *group) {
  tear_down(((const struct ck_tcase *)group->of)->unchecked);
}

const char *ck_pass_current(void) {
  return current.repeated && ls_gate_repeats() ? current.repeated->shadow.name
                                               : NULL;
}
