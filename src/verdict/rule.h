/* SPDX-License-Identifier: MIT */
/*
 * The parts of the rule for one site; site.c puts them together.
 *
 *   suspect     the floor rose and has not plateaued: more iterations, please
 *   retention   the blocks that are alive were born steadily over the run
 *   drift       the values climb steadily, whoever was born when
 *   population  those who are alive are as old as at rest: a doubt about both
 *   net         bytes, less what more blocks explain
 *   rest        what is suspect and no more may be called clean
 *   capacity    leaps of a capacity that follow a steady need
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
/* Bytes as they would be had the count not risen since the first sixteenth:
   each block since then is taken to be as large as those of that time were.
   Returns 1 if that leaves at least half of their growth. */
int ls_net_of(struct ls_windows *net, const struct ls_shape *count,
              const struct ls_shape *bytes);

/* Whether bytes grow by leaps that follow a steady need, and the next one is
   not overdue; *at is the window of the latest. */
int ls_capacity_follows(const struct ls_shape *bytes, unsigned *at);
/* Whether a good part of what there is came from the window `rest` on. */
int ls_capacity_is_fresh(const struct ls_shape *bytes, unsigned rest);

/* Whether what is only suspect has come to rest, or never grew but by chance.
 */
int ls_is_at_rest(const struct ls_shape *shape);

/* Whether there was a rise at nearly every one of the iterations. */
static inline int ls_nearly_every(uint32_t rises, uint32_t iterations) {
  enum { PERCENT = 95 }; /* one in twenty may be hidden by churn */
  return (uint64_t)rises * 100 >= (uint64_t)iterations * PERCENT;
}

#endif
