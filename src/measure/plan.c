/* SPDX-License-Identifier: MIT */
/* How a measurement is made where nobody says otherwise: by the options. */
#include <errno.h>
#include <string.h>

#include "accept/accept.h"
#include "leakslope.h"
#include "platform/guard.h"
#include "platform/options.h"
#include "verdict/verdict.h"

/* What the program itself tells of is always meant to be judged. */
static int is_judged(unsigned domain) {
  return !ls_domains[domain].is_chosen ||
         ls_options_is("CK_LEAK_DOMAINS", ls_domains[domain].word);
}

int leakslope_plan_init(struct leakslope_plan *plan) {
  char message[512];
  memset(plan, 0, sizeof *plan);
  int before = ls_guard_enter();
  plan->iterations = (unsigned)ls_options_number("CK_LEAK_ITERATIONS", 0);
  plan->warmup = (unsigned)ls_options_number("CK_LEAK_WARMUP", 3);
  plan->budget = ls_options_number("CK_LEAK_BUDGET", 2);
  plan->first_rung = (unsigned)ls_options_number("CK_LEAK_FIRST_RUNG", 0);
  if (plan->first_rung) plan->last_rung = ls_ladder_last(plan->first_rung);
  if (ls_options_is("CK_LEAK_HOLDERS", "yes"))
    plan->holders = LEAKSLOPE_HOLDERS;
  plan->strict = ls_options_is("CK_LEAK_STRICT", "yes");
  for (unsigned i = 0; i < LS_DOMAINS; i++)
    if (is_judged(i)) plan->domains |= 1u << i;
  int rc = ls_options_check(message, sizeof message);
  if (!rc) rc = ls_accept_load(message, sizeof message);
  ls_guard_leave(before);
  return rc;
}
