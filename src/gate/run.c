/* SPDX-License-Identifier: MIT */
/* Keeps the state of the run that is going on. */
#include "gate/run.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct lsg_run lsg_run;

int ls_gate_option_is(const char *name, const char *value) {
  const char *set = leakslope_option(name);
  return set && !strcmp(set, value);
}

int ls_gate_is_on(void) {
  static int known = -1;
  if (known < 0) known = !ls_gate_option_is("CK_LEAK", "no");
  return known;
}

int ls_gate_is_open(void) { return lsg_run.runner != 0; }

const char *ls_gate_off(void) { return lsg_run.off; }

int ls_gate_is_apart(void) { return getpid() != lsg_run.runner; }

struct lsg_slot *lsg_run_slot(unsigned test) {
  return test < lsg_run.of.ntests ? lsg_page_slot(lsg_run.page, test) : NULL;
}

struct lsg_slot *lsg_run_scope_slot(unsigned scope) {
  return lsg_page_slot(lsg_run.page, lsg_run.of.ntests + scope);
}

struct lsg_index lsg_run_index(const struct ls_gate_test *test) {
  struct lsg_index index = {""};
  if (test->loops > 1)
    snprintf(index.text, sizeof index.text, "[%d]", test->index);
  return index;
}

unsigned lsg_run_taken(unsigned n) {
  unsigned taken = 0;
  for (unsigned i = 0; i < n && i < lsg_run.of.ntests; i++)
    taken += !lsg_run.of.tests[i].is_left_out;
  return taken;
}
