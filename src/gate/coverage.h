/* SPDX-License-Identifier: MIT */
/*
 * Builds for coverage: what is counted is the test's own pass, once.
 *
 * Counts are written when a process ends by exit().  A test that passes ends so
 * without us as with us; one that fails its gate ends by _exit, as any failed
 * test of Check's, and what it executed would be lost.
 *
 * Context: a test's process, one thread.
 */
#ifndef LS_GATE_COVERAGE_H
#define LS_GATE_COVERAGE_H

/* Whether anything is counted in this program. */
int lsg_coverage_counts(void);

/* Writes what was counted so far, by a copy of the process that goes out by
   the front door; once in a process.  Nothing where nothing is counted. */
void lsg_coverage_save(void);

/* The test's own process is about to do more than one pass: its counts are
   saved now, and not written when it ends. */
void lsg_coverage_seal(void);

#endif
