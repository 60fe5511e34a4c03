/* SPDX-License-Identifier: MIT */
/*
 * What brings control back from a repetition that would not return: handlers
 * for the signals of a crash, and a watch over its progress.
 */
#ifndef CHECK_EXT_RESCUE_H
#define CHECK_EXT_RESCUE_H

#include <signal.h>

enum { CK_CRASH_SIGNALS = 7 };

struct ck_rescue {
  struct sigaction old[CK_CRASH_SIGNALS];
  stack_t old_stack;
  void *stack; /* for the handlers: the test's own may have overflowed */
};

void ck_rescue_begin(struct ck_rescue *rescue);
void ck_rescue_end(struct ck_rescue *rescue);

#endif
