/* SPDX-License-Identifier: MIT */
/* Tells which tests began behind the repetitions of others in their process. */
#include "gate/behind.h"

#include <stdio.h>

#include "gate/run.h"

/* Of this process. */
static struct {
  unsigned passes;
  unsigned of;  /* slot of the last test, plus one */
  unsigned run; /* lsg_run.before in its run */
} behind_us;

void lsg_behind_note(struct lsg_slot *slot) {
  slot->behind = behind_us.passes;
  slot->behind_of = behind_us.run == lsg_run.before ? behind_us.of : 0;
}

void lsg_behind_add(unsigned test) {
  behind_us.passes += lsg_page_progress(lsg_run.page)->passes;
  behind_us.of = test + 1;
  behind_us.run = lsg_run.before;
}

int lsg_behind_describe(const struct lsg_slot *slot, char *text, size_t size) {
  const struct ls_gate_test *of =
      slot->behind_of && slot->behind_of <= lsg_run.of.ntests
          ? &lsg_run.of.tests[slot->behind_of - 1]
          : NULL;
  text[0] = '\0';
  if (!slot->behind) return 0;
  snprintf(text, size, "began behind %u repetitions in its process, %s%s",
           slot->behind, of ? "the last of " : "of an earlier run",
           of ? of->name : "");
  return 1;
}

/* Once for all: whatever they do, it may be for that. */
void lsg_behind_say(void) {
  unsigned n = 0;
  char text[256]; /* of the last */
  for (unsigned i = 0; i < lsg_run.of.ntests; i++) {
    const struct lsg_slot *slot = lsg_run_slot(i);
    if (slot && slot->behind)
      n += (unsigned)lsg_behind_describe(slot, text, sizeof text);
  }
  if (n)
    fprintf(stderr,
            "leakslope: %u %s %s; CK_FORK=yes gives each test a process\n", n,
            n == 1 ? "test" : "tests, the last of which", text);
}
