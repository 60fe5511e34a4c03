/* SPDX-License-Identifier: MIT */
/* Tells which tests began behind the repetitions of others in their process. */
#include "gate/behind.h"

#include <stdio.h>

#include "gate/run.h"

/* Of this process. */
static struct {
  unsigned passes;
  unsigned of;  /* slot of the last test, plus one */
  unsigned run; /* lg_run.before in its run */
} behind_us;

void lg_behind_note(struct lg_slot *slot) {
  slot->behind = behind_us.passes;
  slot->behind_of = behind_us.run == lg_run.before ? behind_us.of : 0;
}

void lg_behind_add(unsigned test) {
  behind_us.passes += lg_page_progress(lg_run.page)->passes;
  behind_us.of = test + 1;
  behind_us.run = lg_run.before;
}

int lg_behind_describe(const struct lg_slot *slot, char *text, size_t size) {
  const struct ls_gate_test *of =
      slot->behind_of && slot->behind_of <= lg_run.of.ntests
          ? &lg_run.of.tests[slot->behind_of - 1]
          : NULL;
  text[0] = '\0';
  if (!slot->behind) return 0;
  snprintf(text, size, "began behind %u repetitions in its process, %s%s",
           slot->behind, of ? "the last of " : "of an earlier run",
           of ? of->name : "");
  return 1;
}

/* Once for all: whatever they do, it may be for that. */
void lg_behind_say(void) {
  unsigned n = 0;
  char text[256]; /* of the last */
  for (unsigned i = 0; i < lg_run.of.ntests; i++) {
    const struct lg_slot *slot = lg_run_slot(i);
    if (slot && slot->behind)
      n += (unsigned)lg_behind_describe(slot, text, sizeof text);
  }
  if (n)
    fprintf(stderr,
            "leakslope: %u %s %s; CK_FORK=yes gives each test a process\n", n,
            n == 1 ? "test" : "tests, the last of which", text);
}
