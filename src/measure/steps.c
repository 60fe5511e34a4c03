/* SPDX-License-Identifier: MIT */
/* Finds in which step of a pass the blocks were born that a leak keeps. */
#include <unistd.h>

#include "measure/measurement.h"

struct steps {
  struct leakslope_measurement *m;
  uint32_t record; /* index plus one */
  int since_baseline;
  uint32_t alive[LS_STEPS + 1];
};

static void visit_block(void *arg, uint32_t site, uint32_t birth) {
  struct steps *steps = arg;
  const struct leakslope_measurement *m = steps->m;
  if (steps->since_baseline && ls_birth_epoch(birth) <= m->epoch) return;
  const struct ls_seen *seen = ls_book_seen(steps->m, site);
  if (seen && (seen->record == steps->record || seen->group == steps->record))
    steps->alive[ls_birth_step(birth)]++;
}

static uint32_t fullest(const struct steps *steps) {
  uint32_t best = 0;
  for (uint32_t step = 1; step <= LS_STEPS; step++)
    if (steps->alive[step] > (best ? steps->alive[best] : 0)) best = step;
  return best;
}

uint32_t ls_step_of(struct leakslope_measurement *m,
                    const struct ls_record *record) {
  struct steps steps = {.m = m,
                        .record = (uint32_t)(record - m->records) + 1,
                        .since_baseline = 1};
  if (!m->stepped || !m->book || m->owner != getpid()) return 0;
  ls_tracker_walk(visit_block, &steps);
  uint32_t step = fullest(&steps);
  if (step) return step;
  /* One block from before that grows: when it was resized last. */
  steps.since_baseline = 0;
  ls_tracker_walk(visit_block, &steps);
  return fullest(&steps);
}
