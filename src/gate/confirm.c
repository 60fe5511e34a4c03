/* SPDX-License-Identifier: MIT */
/* Looks at a leak a second time before it is reported. */
#include "gate/confirm.h"

#include "gate/budget.h"
#include "gate/run.h"

void lsg_confirm(struct leakslope_report *report, const struct lsg_work *work,
                 const struct leakslope_plan *plan, struct lsg_slot *slot,
                 double seconds) {
  const char *cause;
  if (leakslope_report_outcome(report) != LEAKSLOPE_LEAK || slot->in_place)
    return;
  if (seconds > 0 && !plan->iterations && !lsg_budget_has(2 * seconds)) {
    (void)leakslope_report_add_note(
        report, "not confirmed: CK_LEAK_TOTAL_BUDGET is used up");
    return;
  }
  struct leakslope_plan again = *plan;
  again.calls_from = 0;
  if (seconds > 0) lsg_budget_less(&again, seconds);
  lsg_rerun_as_long(&again, report);
  if (again.holders) again.holders = LEAKSLOPE_HOLDERS_CLEAN;
  struct leakslope_report *second =
      lsg_rerun(work, &again, slot, ls_gate_is_apart(), &cause);
  if (second && again.holders &&
      leakslope_report_outcome(second) != LEAKSLOPE_LEAK) {
    /* Zeroed blocks may have made it another program. */
    leakslope_report_free(second);
    again.holders = LEAKSLOPE_HOLDERS_NONE;
    second = lsg_rerun(work, &again, slot, ls_gate_is_apart(), &cause);
  }
  if (!second) return;
  (void)leakslope_report_confirm(report, second);
  leakslope_report_free(second);
}
