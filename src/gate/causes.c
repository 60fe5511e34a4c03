/* SPDX-License-Identifier: MIT */
/* Finds out which leaks the failure of an earlier test has told of. */
#include "gate/causes.h"

#include <stdio.h>
#include <string.h>

#include "gate/run.h"

/* "Cache:Core:test_put[3]", as Check has it. */
static void name_of(unsigned i, char *text, size_t size) {
  if (i < lsg_run.of.ntests) {
    const struct ls_gate_test *test = &lsg_run.of.tests[i];
    snprintf(text, size, "%s:%s:%s%s", test->group->suite, test->group->name,
             test->name, lsg_run_index(test).text);
    return;
  }
  const char *suite = lsg_run.of.scopes[i - lsg_run.of.ntests].suite;
  snprintf(text, size, "%s:leakslope:%s", suite ? suite : "leakslope",
           suite ? "suite scope" : "session scope");
}

static unsigned causes_of(const struct lsg_slot *slot) {
  unsigned n = 0;
  while (n < LSG_CAUSES && slot->causes[n]) n++;
  return n;
}

void lsg_causes_tell(struct leakslope_report *report, struct lsg_slot *slot) {
  char name[256];
  const struct lsg_slot *earlier;
  for (unsigned i = 0; (earlier = lsg_page_slot(lsg_run.page, i)); i++) {
    unsigned n = earlier == slot ? 0 : causes_of(earlier);
    if (!n) continue;
    name_of(i, name, sizeof name);
    (void)leakslope_report_retell(report, earlier->causes, n, name);
  }
  memset(slot->causes, 0, sizeof slot->causes);
  (void)leakslope_report_causes(report, slot->causes, LSG_CAUSES);
}
