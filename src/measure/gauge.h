/* SPDX-License-Identifier: MIT */
/*
 * Numbers of the program's that must not climb (leakslope_gauge), read between
 * iterations.
 */
#ifndef LS_MEASURE_GAUGE_H
#define LS_MEASURE_GAUGE_H

#include <stdint.h>

enum { LS_GAUGES = 64 };

/* What a measurement knows of a gauge. */
struct ls_gauge_seen {
  int64_t base, last;
  uint32_t known;
  uint32_t record; /* index plus one, once the number has changed */
};

struct leakslope_measurement;

/* At the baseline, and at the end of each iteration. */
void ls_gauges_baseline(struct leakslope_measurement *m);
void ls_gauges_boundary(struct leakslope_measurement *m);

#endif
