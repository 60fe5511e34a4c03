/* SPDX-License-Identifier: MIT */
/* Adds a check that fails where too few tests of a run were judged. */
#include "judged.h"

#include <string.h>

#include "added.h"
#include "gate/gate.h"
#include "gate/heap.h"
#include "real.h"

static void judged(int i) {
  char text[512];
  (void)i;
  if (ls_gate_too_few(text, sizeof text))
    __real__ck_assert_failed(__FILE__, __LINE__, NULL, "%s", text);
}

static const char name[] = "leakslope:judged";
static const struct ck_added check = CK_ADDED(name, judged);

int ck_is_judged(const char *result) { return ck_added_is(&check, result); }

static int is_same(const char *a, const char *b) {
  return a == b || (a && b && !strcmp(a, b));
}

/* Check keeps what is added for the runner's later runs: there it is added
   once more only where another filter would leave it out. */
static int is_there(const struct ck_runner *runner,
                    const struct ck_filter *filter) {
  return runner->has_judged && is_same(runner->judged[0], filter->suite) &&
         is_same(runner->judged[1], filter->tcase);
}

static void note(char **to, const char *text) {
  lsg_heap_free(*to);
  *to = text ? lsg_heap_text(text) : NULL;
}

void ck_judged_add(struct ck_runner *runner, const struct ck_filter *filter) {
  if (!ls_gate_asks_for_judged() || is_there(runner, filter)) return;
  runner->has_judged = 1;
  note(&runner->judged[0], filter->suite);
  note(&runner->judged[1], filter->tcase);
  ck_added_add(runner->handle, filter, &check);
}
