/* SPDX-License-Identifier: MIT */
/*
 * From series to verdict.  Pure functions: no I/O, no globals, no threads.
 *
 *   site      ls_site_judge()   one site's series at one rung -> its state
 *   survivors ls_survivors_judge() the same where blocks are freed late
 *   ladder    ls_ladder_*()     how many iterations to run
 *   outcome   ls_outcome_of()   the facts of a whole run -> the closed table
 *   law       ls_law_of()       rate and form of a site's growth, for people
 */
#ifndef LS_VERDICT_VERDICT_H
#define LS_VERDICT_VERDICT_H

#include <stdint.h>

#include "verdict/series.h"

/* ---- one site ------------------------------------------------------------ */

/* What a site's series says at one rung, in rising order of evidence. */
enum ls_site_state {
  LS_SITE_OK = 0,  /* not suspect: no further iterations for its sake */
  LS_SITE_SUSPECT, /* something rose; more iterations would tell */
  LS_SITE_FADING,  /* grows, but ever more slowly */
  LS_SITE_THIN,    /* may well leak; the evidence is thin */
  LS_SITE_DUE,     /* a capacity has grown as a leak's does; whether it does so
                      once more is to be seen */
  LS_SITE_LEAK,    /* scales with the iterations */
  LS_SITE_LIMIT    /* a kernel object near its limit: a leak at once */
};

/*
 * Judges one site.  births[w]: blocks born in window w that are alive now
 * (NULL where births are not known: drift alone is judged then).  `limit`: how
 * many of it may exist (RLIMIT_NOFILE for fds), 0 for none.
 * The rule: suspect, retention, drift, capacities, limit; see site.c.
 */
enum ls_site_state ls_site_judge(const struct ls_series *series,
                                 const int64_t births[LS_SERIES_WINDOWS],
                                 int64_t limit);

/* Judges by the survivors alone, where blocks are freed late: `freed_late` of
   them at the end, while that was waited for, or many on the way.  The series
   becomes that of the survivors then.  OK where they are not to be believed. */
enum ls_site_state ls_survivors_judge(struct ls_series *series,
                                      const int64_t births[LS_SERIES_WINDOWS],
                                      int64_t freed_late);

/* ---- ladder -------------------------------------------------------------- */

/* The first rung for an operation whose pass costs `cpu_ns` of CPU time: 1021
   or 251 where that many take 25 ms at the most, else 61. */
uint32_t ls_ladder_first(uint64_t cpu_ns);
/* The longest first rung, up to `first`, whose passes of own_ns each fit into
   budget_ns; 61 where none does. */
uint32_t ls_ladder_fitting(uint32_t first, uint64_t own_ns, uint64_t budget_ns);
/* The rung after `n` (61 127 251 509 1021 2039 4093, and 8191 16381 32749 for
   further doublings; there it ends, and gives 32749 again). */
uint32_t ls_ladder_next(uint32_t n);
/* The last rung for a suspect of a ladder that began at `first`: 4093 after
   1021, else 2039. */
uint32_t ls_ladder_last(uint32_t first);
/* The last rung for a suspect whose pass costs `cpu_ns` of CPU time and own_ns
   of budget_ns: 4093 up to 0.2 ms, where 1021 passes fit; else 2039. */
uint32_t ls_ladder_last_of(uint64_t cpu_ns, uint64_t own_ns,
                           uint64_t budget_ns);
/* How far a ladder whose last rung is `last` is gone on with for such a site:
   thin evidence is given as many iterations again, a capacity of which one more
   leap is due eight times as many, so that it comes at every factor up to ten
   that tables grow by. */
uint32_t ls_ladder_most(uint32_t last, enum ls_site_state worst);
/* What is bounded is taken to be at rest by this iteration, at rung n: on the
   way up by half of it, so that what leaks in phases has another one; at the
   last rung by three quarters of it, and after that it has had these. */
uint32_t ls_ladder_rested(uint32_t n, uint32_t last);
/* The shortest rung of all. */
uint32_t ls_ladder_shortest(void);

/* ---- outcome ------------------------------------------------------------- */

/* The closed table; same order as enum leakslope_outcome. */
enum ls_outcome {
  LS_CLEAN,
  LS_LEAK,
  LS_SATURATING,
  LS_INCONCLUSIVE,
  LS_NOT_REPEATABLE,
  LS_NOT_GATED,
  LS_NOT_ARMED
};

/* Why the iterations stopped. */
enum ls_stop {
  LS_STOP_DONE,   /* decided, or as many as were asked for */
  LS_STOP_TIME,   /* the budget was used up */
  LS_STOP_MEMORY, /* growth reached the stop for memory */
  LS_STOP_LIMIT,  /* a kernel object reached its stop */
  LS_STOP_ENDED   /* an iteration could not be completed */
};

/* Why an outcome is what it is: one reason, the first that applies. */
enum ls_reason {
  LS_REASON_NONE,          /* clean, or the rule itself */
  LS_REASON_SHORT_RUN,     /* leak: growth in nearly every one of few */
  LS_REASON_ENDED_GROWING, /* leak: ended early, and grew before that */
  LS_REASON_MEMORY_STOP,   /* leak: stopped for memory, grew in every one */
  LS_REASON_LIMIT,         /* leak: ran into a limit of the kernel's */
  LS_REASON_UNRESOLVED,    /* inconclusive: thin evidence at the last rung */
  LS_REASON_TOO_SLOW,      /* inconclusive: too few iterations in the budget */
  LS_REASON_TOO_FEW,       /* inconclusive: grew, but too few were asked for */
  LS_REASON_DROPS,         /* inconclusive: the tracer dropped something */
  LS_REASON_FOREIGN_FREES, /* inconclusive: frees from before tracing */
  LS_REASON_UNTRACED,      /* inconclusive: memory grows, no call explains it */
  LS_REASON_UNCONFIRMED,   /* inconclusive: a second run was clean */
  LS_REASON_STALE,         /* clean, where a baseline knows a leak */
  LS_REASON_ENDED          /* not repeatable */
};

/* The facts of a run that the outcome depends on. */
struct ls_run_facts {
  uint32_t iterations; /* completed after the baseline */
  uint32_t planned;    /* what this run was to reach: first rung or fixed n */
  uint32_t last;       /* what a suspect is to reach; 0: no ladder */
  int fixed;           /* 1: exactly `planned` were asked for, no ladder */
  int shortened;       /* 1: the ladder was cut, there was no time for more */
  enum ls_stop stop;
  enum ls_site_state worst; /* of all sites, at the end */
  uint32_t worst_rises;     /* most iterations with a rise of any one site
                               whose live count or bytes ended above the
                               baseline */
  uint64_t drops;           /* events the tracer could not keep */
  int64_t foreign_frees;    /* frees of blocks from before tracing */
  int64_t growth;           /* blocks by which the worst site grew */
  int untraced_growth;      /* 1: memory grows that no traced call explains */
};

struct ls_decision {
  enum ls_outcome outcome;
  enum ls_reason reason;
};

struct ls_decision ls_outcome_of(const struct ls_run_facts *facts);

/* Whether an outcome fails a test; strict fails what is undecided too. */
int ls_outcome_fails(enum ls_outcome outcome, int strict);

/* ---- law ----------------------------------------------------------------- */

enum ls_law_form {
  LS_LAW_LINEAR,       /* steadily */
  LS_LAW_DOUBLING,     /* a buffer that grows by a factor */
  LS_LAW_DECELERATING, /* ever more slowly */
  LS_LAW_IRREGULAR     /* grows, with no clear form */
};

struct ls_law {
  enum ls_law_form form;
  double blocks_per_iteration; /* over the judged part (the first eighth of
                                  the windows is start-up) */
  double bytes_per_iteration;
  int64_t first_count, last_count; /* at the baseline and at the end */
  int64_t first_bytes, last_bytes;
};

struct ls_law ls_law_of(const struct ls_series *series);

/* How rare a leak a clean run of n iterations rules out: one block per this
   many iterations (a leak of 1 per k needs n >= 5k). */
uint32_t ls_ruled_out(uint32_t iterations);

#endif
