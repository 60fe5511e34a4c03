/* SPDX-License-Identifier: MIT */
/* Measures an operation in one call: leakslope_measure(). */
#include "leakslope.h"

/* In a section of its own: tracebacks end with the operation. */
__attribute__((section("leakslope_outer"), noinline)) static void call(
    void (*op)(void *), void *arg) {
  op(arg);
  __asm__ volatile(""); /* no tail call: this frame marks the end */
}

int leakslope_measure(void (*op)(void *), void *arg,
                      const struct leakslope_plan *plan,
                      struct leakslope_report **report) {
  extern const char __start_leakslope_outer[]
      __attribute__((visibility("hidden")));
  extern const char __stop_leakslope_outer[]
      __attribute__((visibility("hidden")));
  struct leakslope_measurement *m;
  int rc =
      leakslope_set_outermost(__start_leakslope_outer, __stop_leakslope_outer);
  if (!rc) rc = leakslope_measure_begin(plan, &m);
  if (rc) return rc;
  while (leakslope_measure_iteration(m) > 0) call(op, arg);
  return leakslope_measure_end(m, report);
}
