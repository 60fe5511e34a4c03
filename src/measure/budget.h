/* SPDX-License-Identifier: MIT */
/*
 * How long a measurement may go on.
 *
 * A budget counts *own time*: wall time less the time in which the thread that
 * repeats the operation was ready to run and the machine was busy with others.
 * Own time holds what the operation computes and what it sleeps or waits for,
 * but not the load of the machine, so that a busy machine changes how long a
 * measurement takes and not how many iterations it gets.  Wall time has a limit
 * of its own, so that it has an end all the same.  The kernel tells the
 * time on the run queue in /proc/thread-self/schedstat; where it does not, own
 * time is wall time.
 */
#ifndef LS_MEASURE_BUDGET_H
#define LS_MEASURE_BUDGET_H

#include <stdint.h>

struct ls_budget {
  uint64_t wall_ns;   /* monotonic clock when it began */
  uint64_t queued_ns; /* time on the run queue until then */
  uint64_t limit_ns;  /* own time that may be used */
  uint64_t most_ns;   /* wall time at the most; 0: no limit of its own */
};

/* Begins to count for the calling thread; `seconds` of own time may be used. */
void ls_budget_begin(struct ls_budget *budget, double seconds);

/* Changes the limit: seconds of own time since the beginning. */
void ls_budget_limit(struct ls_budget *budget, double seconds);

/* Changes the limit of wall time: seconds since the beginning, 0 for none. */
void ls_budget_most(struct ls_budget *budget, double seconds);

/* Own time that was used since the beginning, ns.  For the thread that began
   it.  A few microseconds: two system calls and a read of /proc. */
uint64_t ls_budget_used(const struct ls_budget *budget);

/* Whether a further pass, which takes about pass_ns of own time, would end
   beyond a limit.  Costs a look at the clock as long as wall time alone shows
   that it would not. */
int ls_budget_is_over(const struct ls_budget *budget, uint64_t pass_ns);

/* Wall time since the beginning, and wall time until the limit if the machine
   is idle, ns. */
uint64_t ls_budget_elapsed(const struct ls_budget *budget);
uint64_t ls_budget_left(const struct ls_budget *budget);

#endif
