/* SPDX-License-Identifier: MIT */
/*
 * Tests that share a process, some of which were repeated in it: the tests
 * behind these begin with what the repetitions left, which is to be said.
 */
#ifndef LS_GATE_BEHIND_H
#define LS_GATE_BEHIND_H

#include <stddef.h>

#include "gate/page.h"

/* Before a test; and after one that was repeated in its process. */
void lsg_behind_note(struct lsg_slot *slot);
void lsg_behind_add(unsigned test);

/* What there was before the test; 0 where nothing was. */
int lsg_behind_describe(const struct lsg_slot *slot, char *text, size_t size);

/* One line on stderr for all such tests of the run. */
void lsg_behind_say(void);

#endif
