/* SPDX-License-Identifier: MIT */
/*
 * What brings control back from a repetition that would not return: handlers
 * for the signals of a crash, and a watch over its progress.
 */
#ifndef LS_GATE_RESCUE_H
#define LS_GATE_RESCUE_H

#include <signal.h>

enum { LSG_CRASH_SIGNALS = 7 };

struct lsg_rescue {
  struct sigaction old[LSG_CRASH_SIGNALS];
  stack_t old_stack;
  void *stack; /* for the handlers: the test's own may have overflowed */
};

/* first(signal) is called first, and may not return. */
void lsg_rescue_begin(struct lsg_rescue *rescue, void (*first)(int signal));
void lsg_rescue_end(struct lsg_rescue *rescue);

#endif
