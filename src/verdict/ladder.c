/* SPDX-License-Identifier: MIT */
/* How many iterations a measurement runs before it is judged. */
#include "verdict/verdict.h"

/* Each about twice the one before and just below a power of two, so that the
   64 windows are nearly full (61 to 64 of them).  The last three are for what
   is open after 4093. */
static const uint32_t RUNGS[] = {61,   127,  251,  509,   1021,
                                 2039, 4093, 8191, 16381, 32749};
enum {
  LAST = sizeof RUNGS / sizeof *RUNGS - 1,
  FIRST_CHEAP = 1021,
  FIRST_MIDDLE = 251,
  LAST_FOR_CHEAP = 4093,
  LAST_FOR_OTHERS = 2039
};

/* CPU time of a first rung, ns, unless it is the shortest: as much as it takes
   to fork a process a few times.  Most tests are flat, and that is all they
   cost. */
static const uint64_t FIRST_NS = 25 * 1000 * 1000;

/* CPU time of one pass up to which a suspect's longest ladder takes less than
   a second, ns. */
static const uint64_t CHEAP_NS = 200 * 1000;

uint32_t ls_ladder_first(uint64_t cpu_ns) {
  if (cpu_ns <= FIRST_NS / FIRST_CHEAP) return FIRST_CHEAP;
  return cpu_ns <= FIRST_NS / FIRST_MIDDLE ? FIRST_MIDDLE
                                           : ls_ladder_shortest();
}

uint32_t ls_ladder_fitting(uint32_t first, uint64_t own_ns,
                           uint64_t budget_ns) {
  if (first >= FIRST_CHEAP && own_ns <= budget_ns / FIRST_CHEAP) return first;
  if (first >= FIRST_MIDDLE && own_ns <= budget_ns / FIRST_MIDDLE)
    return FIRST_MIDDLE;
  return ls_ladder_shortest();
}

uint32_t ls_ladder_next(uint32_t n) {
  unsigned rung = 0;
  while (rung < LAST && RUNGS[rung] <= n) rung++;
  return RUNGS[rung];
}

uint32_t ls_ladder_last(uint32_t first) {
  return first >= FIRST_CHEAP ? LAST_FOR_CHEAP : LAST_FOR_OTHERS;
}

uint32_t ls_ladder_last_of(uint64_t cpu_ns, uint64_t own_ns,
                           uint64_t budget_ns) {
  int is_cheap = cpu_ns <= CHEAP_NS && own_ns <= budget_ns / FIRST_CHEAP;
  return is_cheap ? LAST_FOR_CHEAP : LAST_FOR_OTHERS;
}

uint32_t ls_ladder_most(uint32_t last, enum ls_site_state worst) {
  enum { DUE_DOUBLINGS = 3 };
  int doublings = 0;
  if (worst == LS_SITE_DUE) doublings = DUE_DOUBLINGS;
  if (worst == LS_SITE_THIN) doublings = 1;
  for (; doublings > 0; doublings--) last = ls_ladder_next(last);
  return last;
}

uint32_t ls_ladder_rested(uint32_t n, uint32_t last) {
  if (n < last) return n / 2;
  return (uint32_t)((uint64_t)last * 3 / 4);
}

uint32_t ls_ladder_shortest(void) { return RUNGS[0]; }
