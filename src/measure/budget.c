/* SPDX-License-Identifier: MIT */
/* How long a measurement may go on, in time of its own. */
#include "measure/budget.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "measure/limits.h"
#include "platform/clock.h"

/* Beside six busy processes on two cores a process gets two sevenths of a core;
   beyond this factor a measurement ends whatever the kernel says, so that it
   has an end. */
enum { MOST_WALL = 6 };

/* "ran queued slices", ns */
static uint64_t queued(void) {
  char text[96];
  if (!ls_limits_read("/proc/thread-self/schedstat", text, sizeof text))
    return 0;
  const char *second = strchr(text, ' ');
  return second ? strtoull(second, NULL, 10) : 0;
}

void ls_budget_begin(struct ls_budget *budget, double seconds) {
  budget->wall_ns = ls_clock_ns(CLOCK_MONOTONIC);
  budget->queued_ns = queued();
  ls_budget_limit(budget, seconds);
}

void ls_budget_limit(struct ls_budget *budget, double seconds) {
  budget->limit_ns = (uint64_t)(seconds * 1e9);
}

void ls_budget_most(struct ls_budget *budget, double seconds) {
  budget->most_ns = (uint64_t)(seconds * 1e9);
}

uint64_t ls_budget_elapsed(const struct ls_budget *budget) {
  uint64_t now = ls_clock_ns(CLOCK_MONOTONIC);
  return now > budget->wall_ns ? now - budget->wall_ns : 0;
}

uint64_t ls_budget_used(const struct ls_budget *budget) {
  uint64_t wall = ls_budget_elapsed(budget), now = queued();
  /* Unreadable now (no descriptor is left): all of it counts. */
  uint64_t waited = now > budget->queued_ns ? now - budget->queued_ns : 0;
  uint64_t least = wall / MOST_WALL;
  return wall > waited && wall - waited > least ? wall - waited : least;
}

int ls_budget_is_over(const struct ls_budget *budget, uint64_t pass_ns) {
  uint64_t wall = ls_budget_elapsed(budget) + pass_ns;
  if (budget->most_ns && wall > budget->most_ns) return 1;
  if (wall <= budget->limit_ns) return 0;
  return ls_budget_used(budget) + pass_ns > budget->limit_ns;
}

uint64_t ls_budget_left(const struct ls_budget *budget) {
  uint64_t used = ls_budget_elapsed(budget);
  return budget->limit_ns > used ? budget->limit_ns - used : 0;
}
