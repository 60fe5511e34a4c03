/* SPDX-License-Identifier: MIT */
/*
 * Memory that grows with no traced call behind it: a system call made by hand,
 * a pool that hands out pieces of one large mapping, a heap in pieces.
 *
 * What the kernel says the process has, less what is traced and what is the
 * tracer's own, is looked at now and then; only what climbs all the way, as
 * steadily late as early, is growth.
 */
#ifndef LS_MEASURE_UNTRACED_H
#define LS_MEASURE_UNTRACED_H

#include <stdint.h>

enum { LS_MEMORY_SAMPLES = 64 };

/* At the end of an iteration, in bytes. */
struct ls_memory_sample {
  uint32_t iteration;
  uint32_t sites;
  uint32_t threads; /* the most that there were at once */
  int64_t space;    /* addresses in use but for the tracer's */
  int64_t resident; /* memory of the process's own, but for static memory */
  int64_t heap_end;
  int64_t traced; /* what is alive in blocks and mappings may take, at most */
};

/* Evenly spaced: where there is no room every other one goes.  All zero is
   empty; plain data, as a series is. */
struct ls_memory_samples {
  uint32_t n;
  uint32_t spacing; /* iterations */
  struct ls_memory_sample at[LS_MEMORY_SAMPLES];
};

struct leakslope_measurement;

/* At the baseline, and at the end of each iteration. */
void ls_untraced_baseline(struct leakslope_measurement *m);
void ls_untraced_boundary(struct leakslope_measurement *m);

/* Bytes per iteration by which untraced memory grows; 0 where it does not. */
double ls_untraced_rate(const struct leakslope_measurement *m);

/* Whether untraced memory may grow: the process holds a page more at the end
   than half way.  That is no evidence yet, but a reason to go on. */
int ls_untraced_rises(const struct leakslope_measurement *m);

#endif
