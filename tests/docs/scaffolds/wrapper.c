/* SPDX-License-Identifier: MIT */
/* Which function is named: who called the wrapper, with other callers and
   without; the exit status says whether it is so. */
#include <leakslope.h>
#include <stdlib.h>
#include <string.h>

/* SNIPPET */

static void all_four(void *arg) {
  (void)arg;
  parse();
  print();
  count();
  remember();
}

static void one(void *arg) {
  (void)arg;
  remember();
}

static int names(void (*work)(void *), const char *function) {
  struct leakslope_report *report;
  if (leakslope_measure(work, NULL, NULL, &report) != 0) return 0;
  const struct leakslope_frame *place = leakslope_report_place(report);
  int same = place && !strcmp(place->function, function);
  leakslope_report_free(report);
  return same;
}

int main(void) {
  return names(one, "remember") && names(all_four, "remember") ? 0 : 1;
}
