/* SPDX-License-Identifier: MIT */
/* Keeps the results that check_leak.h gives to the program. */
#include "leaks.h"

#include <stdlib.h>
#include <string.h>

#include "check_leak.h"
#include "gate/heap.h"

_Static_assert((int)LEAK_NOT_ARMED == (int)LEAKSLOPE_NOT_ARMED &&
                   (int)LEAK_INCONCLUSIVE == (int)LEAKSLOPE_INCONCLUSIVE,
               "the two tables of outcomes are one");

struct LeakResult {
  char *sname, *tcname, *tname;
  char *msg;
  char *file;
  int line;
  int iter;
  enum leak_outcome outcome;
  struct LeakResult *next;
};

static char *copy(const char *text) { return lsg_heap_text(text ? text : ""); }

static void name_place(struct LeakResult *lr,
                       const struct leakslope_report *measured) {
  const struct leakslope_frame *place = leakslope_report_place(measured);
  if (!place || !place->filename) return;
  lr->file = lsg_heap_text(place->filename);
  lr->line = (int)place->lineno;
}

static void forget(struct ck_runner *runner) {
  while (runner->leaks) {
    struct LeakResult *lr = runner->leaks;
    runner->leaks = lr->next;
    lsg_heap_free(lr->sname);
    lsg_heap_free(lr->tcname);
    lsg_heap_free(lr->tname);
    lsg_heap_free(lr->msg);
    lsg_heap_free(lr->file);
    lsg_heap_free(lr);
  }
}

void ck_leaks_add(struct ck_runner *runner, const struct leakslope_case *test,
                  const struct leakslope_report *measured,
                  enum leakslope_outcome outcome, const char *reason) {
  struct LeakResult *lr = runner ? lsg_heap_new(sizeof *lr) : NULL;
  if (!lr) return;
  ck_registry_on_runner_gone(forget);
  lr->sname = copy(test->suite);
  lr->tcname = copy(test->tcase);
  lr->tname = copy(test->name);
  lr->iter = test->index > 0 ? test->index : 0;
  lr->outcome = (enum leak_outcome)outcome;
  if (measured) {
    lr->outcome = (enum leak_outcome)leakslope_report_outcome(measured);
    reason = leakslope_report_message(measured);
    name_place(lr, measured);
  }
  lr->msg = copy(reason);
  struct LeakResult **end = &runner->leaks;
  while (*end) end = &(*end)->next;
  *end = lr;
}

/* ---- check_leak.h -------------------------------------------------------- */

enum { ANY = -1 };

static int is(const struct LeakResult *lr, int outcome) {
  return outcome == ANY || (int)lr->outcome == outcome;
}

static int count(SRunner *sr, int outcome) {
  struct ck_runner *runner = ck_registry_runner(sr);
  int n = 0;
  for (struct LeakResult *lr = runner ? runner->leaks : NULL; lr; lr = lr->next)
    n += is(lr, outcome);
  return n;
}

static LeakResult **results(SRunner *sr, int outcome) {
  struct ck_runner *runner = ck_registry_runner(sr);
  LeakResult **array =
      lsg_program_array((size_t)count(sr, outcome) + 1, sizeof *array);
  int n = 0;
  if (!array || !runner) return array;
  for (struct LeakResult *lr = runner->leaks; lr; lr = lr->next)
    if (is(lr, outcome)) array[n++] = lr;
  return array;
}

int srunner_ntests_leaked(SRunner *sr) { return count(sr, LEAK_LEAK); }

int srunner_ntests_inconclusive(SRunner *sr) {
  return count(sr, LEAK_INCONCLUSIVE);
}

LeakResult **srunner_leaks(SRunner *sr) { return results(sr, LEAK_LEAK); }

LeakResult **srunner_leak_results(SRunner *sr) { return results(sr, ANY); }

const char *lr_tname(LeakResult *lr) { return lr->tname; }
const char *lr_tcname(LeakResult *lr) { return lr->tcname; }
const char *lr_sname(LeakResult *lr) { return lr->sname; }
int lr_iter(LeakResult *lr) { return lr->iter; }
enum leak_outcome lr_outcome(LeakResult *lr) { return lr->outcome; }
const char *lr_msg(LeakResult *lr) { return lr->msg; }
const char *lr_lfile(LeakResult *lr) { return lr->file; }
int lr_lno(LeakResult *lr) { return lr->line; }
