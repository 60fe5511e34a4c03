/* SPDX-License-Identifier: MIT */
/*
 * The parts of the rule for one site; site.c puts them together.
 *
 *   suspect     the floor rose and has not plateaued: more iterations, please
 *   retention   the blocks that are alive were born steadily over the run
 *   drift       the values climb steadily, whoever was born when
 *   population  those who are alive are as old as at rest: a doubt about both
 *
 * Every constant was varied by a quarter up and down on recorded and on
 * generated series: recall moves by less than a point, false alarms do not
 * move.
 */
#ifndef LS_VERDICT_RULE_H
#define LS_VERDICT_RULE_H

#include "verdict/shape.h"
#include "verdict/verdict.h"

/* The part of the growth that falls into the second half of the judged
   windows: linear .50, by the square root .39, by the logarithm .29. */
#define LS_STEADY_SHARE 0.35

/* Survivors born after a cut-off say nothing: they may yet be freed.  The
   cut-offs, in eighths of the run. */
enum { LS_CUT_PARTS = 8, LS_LATEST_CUT = 7, LS_EARLIEST_CUT = 5 };

/* Whether growth is worth another look: it went on after start-up, has not
   plateaued and climbs a little.  `unit`: the size of one item (1 for counts,
   the smallest block for bytes). */
int ls_worth(const struct ls_shape *shape, int64_t unit);
enum { LS_UNIT_BLOCK = 1, LS_UNIT_BYTES = 16 };

/* births[k]: blocks born in window k that are alive.  `iterations`: how many
   were recorded.  `only_rises`: the count never fell. */
int ls_suspect(const struct ls_shape *count, const double *births,
               uint32_t iterations, int only_rises);

/* SUSPECT, FADING, THIN or LEAK. */
enum ls_site_state ls_retention(const struct ls_shape *count,
                                const double *births, int only_rises);
enum ls_site_state ls_drift(const struct ls_shape *shape, int strict);

/* Whether who is alive has the ages of a population at rest. */
int ls_population(const double *births, unsigned n);

/* Whether there was a rise at nearly every one of the iterations. */
static inline int ls_nearly_every(uint32_t rises, uint32_t iterations) {
  enum { PERCENT = 95 }; /* one in twenty may be hidden by churn */
  return (uint64_t)rises * 100 >= (uint64_t)iterations * PERCENT;
}

#endif
