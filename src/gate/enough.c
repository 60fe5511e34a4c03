/* SPDX-License-Identifier: MIT */
/* Says whether enough tests of a run were judged: CK_LEAK_JUDGED. */
#include <stdio.h>

#include "gate/run.h"

static const char option[] = "CK_LEAK_JUDGED";

/* Tests by what became of them.  One that is not gated, because it failed by
   itself or is to end its process, could not be judged. */
struct counts {
  unsigned judged, could, tests;
  unsigned by[LEAKSLOPE_NOT_ARMED + 1];
};

static enum leakslope_outcome outcome_of(const struct lsg_slot *slot) {
  if (!slot->judged || slot->judged > LEAKSLOPE_NOT_ARMED + 1)
    return lsg_slot_unmeasured(slot);
  return (enum leakslope_outcome)(slot->judged - 1);
}

static int is_judged(enum leakslope_outcome outcome) {
  return outcome == LEAKSLOPE_CLEAN || outcome == LEAKSLOPE_LEAK ||
         outcome == LEAKSLOPE_SATURATING;
}

static struct counts count(void) {
  struct counts counts = {0};
  for (unsigned i = 0; i < lsg_run.of.ntests; i++) {
    const struct lsg_slot *slot = lsg_run_slot(i);
    if (!slot || lsg_run.of.tests[i].is_left_out) continue;
    enum leakslope_outcome outcome = outcome_of(slot);
    counts.tests++;
    counts.judged += (unsigned)is_judged(outcome);
    counts.could += outcome != LEAKSLOPE_NOT_GATED;
    counts.by[outcome]++;
  }
  return counts;
}

int ls_gate_asks_for_judged(void) {
  return lsg_run.armed && (lsg_run.scopes & LS_GATE_EACH) &&
         leakslope_option_part(option, 100) > 0;
}

/* How many are to be judged.  A run that takes only some of its tests cannot
   have a number that all of them have; and where nothing was judged, any part
   is too much: a gate that judges nothing looks like a good one. */
static unsigned asked(const struct counts *counts) {
  unsigned n = leakslope_option_part(option, counts->could);
  int is_some = lsg_run.of.is_narrowed || counts->tests < lsg_run.of.ntests;
  if (is_some && n > counts->could) n = counts->could;
  if (!n && counts->tests && leakslope_option_part(option, 100)) n = 1;
  return n;
}

static void add_counts(const struct counts *counts, char *text, size_t size) {
  size_t n = 0;
  for (int o = 0; o <= LEAKSLOPE_NOT_ARMED && n < size; o++)
    if (counts->by[o] && !is_judged((enum leakslope_outcome)o))
      n += (size_t)snprintf(text + n, size - n, "%s%u %s", n ? ", " : ": ",
                            counts->by[o],
                            leakslope_outcome_name((enum leakslope_outcome)o));
}

int ls_gate_too_few(char *text, size_t size) {
  char others[160] = "";
  lsg_page_open(lsg_run.page);
  const struct counts counts = count();
  lsg_page_close(lsg_run.page);
  const unsigned n = asked(&counts);
  if (counts.judged >= n || lsg_run.report_only) return 0;
  add_counts(&counts, others, sizeof others);
  snprintf(text, size,
           "too few tests were judged: %u of %u, and CK_LEAK_JUDGED=%s asks "
           "for %u%s",
           counts.judged, counts.tests, leakslope_option(option), n, others);
  return 1;
}
