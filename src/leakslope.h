/* SPDX-License-Identifier: MIT */
/*
 * leakslope: the growth tracer for C, in tracemalloc's words.
 *
 * A program that links libleakslope (or has it preloaded) is traced from
 * before main: every block of the malloc family is known with the call path
 * that asked for it.  Two snapshots and their difference name the call site
 * whose count grew; a measurement repeats an operation and says whether the
 * growth scales with the number of repetitions, which is what a leak does and
 * a cache, a pool or a lazily made singleton does not.
 *
 * Words:
 *   traceback   the call path of an allocation, innermost frame first
 *   site        a distinct traceback
 *   domain      the kind of thing counted (malloc blocks, mappings, file
 *               descriptors, threads, timers)
 *   snapshot    what is alive at one moment, by site
 *   count_diff  live blocks now minus live blocks then
 *
 * Conventions: sizes are bytes as requested by the program.  Functions that
 * return int give 0 (or a count) on success and a negative errno on failure.
 * Nothing here aborts or prints.  Unless a comment says otherwise a function
 * may be called from any thread, but not from a signal handler, and a handle
 * (snapshot, report, measurement) is used by one thread at a time.
 *
 * In three parts: leakslope/trace.h (what is alive), leakslope/measure.h (what
 * grows with the repetitions of an operation) and leakslope/gate.h (what an
 * adapter of a test framework needs besides).  Include this one.
 */
#ifndef LEAKSLOPE_H
#define LEAKSLOPE_H

/*
 * Semantic versioning, told here alone: the build reads these lines.  Before
 * 1.0 a minor version may change what is declared below; see CHANGELOG.md.
 *
 *   #if LEAKSLOPE_VERSION_NUMBER >= 100    (0.1.0)
 */
#define LEAKSLOPE_VERSION_MAJOR 0
#define LEAKSLOPE_VERSION_MINOR 1
#define LEAKSLOPE_VERSION_PATCH 0
#define LEAKSLOPE_VERSION "0.1.0"
#define LEAKSLOPE_VERSION_NUMBER                                     \
  (LEAKSLOPE_VERSION_MAJOR * 10000 + LEAKSLOPE_VERSION_MINOR * 100 + \
   LEAKSLOPE_VERSION_PATCH)

#include "leakslope/gate.h"
#include "leakslope/measure.h"
#include "leakslope/trace.h"

#endif
