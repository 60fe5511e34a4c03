/* SPDX-License-Identifier: MIT */
/* Tells which tests began behind the repetitions of others in their process. */
#include "behind.h"

#include <stdio.h>

#include "gate.h"

/* Of this process. */
static struct {
  unsigned passes;
  unsigned of;  /* slot of the last test, plus one */
  unsigned run; /* ck_run.before in its run */
} behind_us;

void ck_behind_note(struct ck_slot *slot) {
  slot->behind = behind_us.passes;
  slot->behind_of = behind_us.run == ck_run.before ? behind_us.of : 0;
}

void ck_behind_add(const struct ck_test *test, int index) {
  behind_us.passes += ck_page_progress(ck_run.page)->passes;
  behind_us.of = test->first_slot + (unsigned)(index - test->start) + 1;
  behind_us.run = ck_run.before;
}

int ck_behind_describe(const struct ck_slot *slot, struct ck_runner *runner,
                       char *text, size_t size) {
  const struct ck_test *of =
      slot->behind_of ? ck_registry_by_slot(runner, slot->behind_of - 1) : NULL;
  text[0] = '\0';
  if (!slot->behind) return 0;
  snprintf(text, size, "began behind %u repetitions in its process, %s%s",
           slot->behind, of ? "the last of " : "of an earlier run",
           of ? of->shadow.name : "");
  return 1;
}

struct behind {
  unsigned n;
  char text[256]; /* of the last */
  struct ck_runner *runner;
};

static void count_behind(void *arg, struct ck_test *test) {
  struct behind *behind = arg;
  for (int i = test->start; i < test->end; i++) {
    const struct ck_slot *slot = ck_page_slot(
        ck_run.page, test->first_slot + (unsigned)(i - test->start));
    if (slot && slot->behind)
      behind->n += (unsigned)ck_behind_describe(
          slot, behind->runner, behind->text, sizeof behind->text);
  }
}

/* Once for all: whatever they do, it may be for that. */
void ck_behind_say(struct ck_runner *runner) {
  struct behind behind = {0, "", runner};
  ck_registry_each(runner, count_behind, &behind);
  if (behind.n)
    fprintf(stderr,
            "leakslope: %u %s %s; CK_FORK=yes gives each test a process\n",
            behind.n, behind.n == 1 ? "test" : "tests, the last of which",
            behind.text);
}
