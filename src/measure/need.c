/* SPDX-License-Identifier: MIT */
/* What a run that its budget cut short would have needed, for people. */
#include <stdio.h>

#include "measure/measurement.h"

/* Passes are not all alike, and warm-up comes before them. */
static const double SLACK = 1.1;

enum { WHOLE_FROM = 100 /* tenths: beyond, nobody needs them */ };

/* "2.5", "12": rounded up.  Integers, since a locale may have another point. */
static int write_seconds(char *text, size_t size, double seconds) {
  if (seconds > 1e6) seconds = 1e6;
  unsigned tenths = (unsigned)(seconds * 10) + 1;
  if (tenths >= WHOLE_FROM)
    return snprintf(text, size, "%u", (tenths + 9) / 10);
  return snprintf(text, size, "%u.%u", tenths / 10, tenths % 10);
}

/* On a busy machine the total ends a run that its own budget would not. */
static int is_out_of_wall(const struct leakslope_measurement *m) {
  return m->budget.most_ns &&
         ls_budget_elapsed(&m->budget) + m->own_pass_ns > m->budget.most_ns;
}

void ls_need_note(struct leakslope_measurement *m, uint32_t planned) {
  char all[16], budget[16];
  uint32_t passes = m->iterations + m->warmups;
  /* A scope knows how many tests share its budget, and says it itself. */
  if (m->note[0] || !passes || m->plan.first_rung) return;
  double each = (double)ls_budget_used(&m->budget) * 1e-9 / passes;
  double seconds = each * (planned + m->plan.warmup) * SLACK;
  /* A suspect is given more than the budget says. */
  double factor = m->extended ? LS_SUSPECT_FACTOR : 1;
  write_seconds(all, sizeof all, seconds);
  write_seconds(budget, sizeof budget, seconds / factor);
  if (m->plan.rationed || is_out_of_wall(m))
    snprintf(m->note, sizeof m->note,
             "%u iterations need %s s, and CK_LEAK_TOTAL_BUDGET left less",
             planned, all);
  else
    snprintf(m->note, sizeof m->note,
             "%u iterations need %s s: CK_LEAK_BUDGET=%s", planned, all,
             budget);
}
