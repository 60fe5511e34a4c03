/* SPDX-License-Identifier: MIT */
/*
 * One measurement: warm-up, baseline, N iterations, after.
 *
 *   measurement.c  the loop's side: what to do at the end of each iteration
 *   records.c      per iteration: the sites that were touched -> their series
 *   judge.c        at a rung: series and births -> the state of each
 *   evidence.c     at the end: what is to be reported
 *
 * The struct and its records lie in memory shared with forked copies, so that
 * what a copy recorded outlives it, however it ended.  `book` is private to
 * the process that runs the loop.
 *
 * Context: runner, thread marked LS_OWNER_API.
 */
#ifndef LS_MEASURE_MEASUREMENT_H
#define LS_MEASURE_MEASUREMENT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "leakslope.h" /* types: struct leakslope_plan */
#include "measure/gauge.h"
#include "measure/untraced.h"
#include "platform/arena.h"
#include "report/model.h"
#include "tracker/tracker.h"
#include "verdict/verdict.h"

enum {
  LS_RECORD_FRAMES = 64,          /* of a path, kept for a copy that dies */
  LS_MEASUREMENT_SIZE = 24 << 20, /* address space, touched as needed */
  LS_RESULT_SIZE = 1 << 20,       /* of it, for the encoded report */
  LS_NOTE_SIZE = 256,
  LS_LABEL_SIZE = 96
};

/* At which level a series was kept. */
enum ls_level {
  LS_LEVEL_TRACEBACK, /* one distinct path */
  LS_LEVEL_CALLSITE   /* all paths with the same innermost own frame */
};

struct ls_record {
  struct ls_series series;
  uint32_t level;
  uint32_t domain;
  uint32_t group; /* of a traceback: the record of its call site, plus one */
  uint32_t state; /* enum ls_site_state, as judged last */
  char label[LS_LABEL_SIZE]; /* words in place of a path; or empty */
  uint32_t npcs;
  uintptr_t pcs[LS_RECORD_FRAMES]; /* of a call site: of its path that grew
                                      most when it was last judged */
};

struct ls_book;

struct leakslope_measurement {
  struct leakslope_plan plan;
  size_t size;
  uint32_t capacity; /* records that fit */
  uint32_t nrecords;
  uint32_t nlost; /* records that did not fit */

  uint32_t begun; /* 1 after the first call of _iteration */
  uint32_t warmups;
  uint32_t iterations; /* completed, after the baseline */
  uint32_t first_rung;
  uint32_t target; /* judged at this many */
  uint32_t last_rung;
  uint32_t extended; /* 1: under suspicion, five times the budget */
  uint32_t done;
  uint32_t stop; /* enum ls_stop */
  uint64_t started_ns;
  uint64_t deadline_ns;
  uint64_t cpu_mark_ns;
  uint64_t cpu_pass_ns; /* cheapest warm-up pass after the first */
  uint64_t drops;       /* since the baseline */
  int64_t foreign_frees;
  int64_t base_bytes;
  int64_t available;     /* bytes that could be allocated at the baseline */
  int64_t base_mapped;   /* bytes, by traced calls */
  int64_t base_resident; /* bytes, of everything */
  int64_t limits[LS_DOMAINS]; /* how many there may be; 0: no limit */
  struct ls_memory_samples memory;
  struct ls_gauge_seen gauges[LS_GAUGES];
  uint32_t epoch; /* of the baseline; iteration k is epoch + k */
  uint32_t worst; /* enum ls_site_state */
  char note[LS_NOTE_SIZE];

  pid_t owner; /* the process that runs the loop */
  struct ls_book *book;
  size_t result_size; /* of the encoded report, 0 while there is none */

  struct ls_record records[];
};

/* ---- records.c --------------------------------------------------------------
 */

/* What the process that runs the loop knows of each site. */
struct ls_seen {
  int64_t count, bytes;           /* at the latest boundary */
  int64_t base_count, base_bytes; /* at the baseline */
  int64_t first_count, first_bytes;
  uint32_t first_iteration; /* of its only change so far, if no record yet */
  uint32_t record;          /* index plus one */
  uint32_t group;           /* index plus one */
};

int ls_book_open(struct leakslope_measurement *m);
void ls_book_close(struct leakslope_measurement *m);
struct ls_seen *ls_book_seen(struct leakslope_measurement *m, uint32_t site);

/* A record that has no site yet: index plus one, 0 without room for it (which
   is counted). */
uint32_t ls_records_new(struct leakslope_measurement *m, enum ls_level level,
                        enum ls_domain domain, int64_t base_count,
                        int64_t base_bytes);

/* At the baseline: what every site holds. */
void ls_records_baseline(struct leakslope_measurement *m);
/* At the end of iteration m->iterations: the sites that were touched. */
void ls_records_boundary(struct leakslope_measurement *m);

/* ---- judge.c
 * ------------------------------------------------------------------ */

/* Judges every record; the worst state goes to m->worst.  Births are known
   where the loop ran in this process. */
void ls_judge_all(struct leakslope_measurement *m);

/* ---- evidence.c
 * ----------------------------------------------------------------- */

/* The outcome and the offending sites, as a report of one case; NULL without
   memory. */
struct leakslope_report *ls_evidence_report(struct leakslope_measurement *m);

/* Where the encoded report of a measurement lies. */
void *ls_measurement_result(struct leakslope_measurement *m);

#endif
