/* SPDX-License-Identifier: MIT */
/*
 * Tests that share a process, some of which were repeated in it: the tests
 * behind these begin with what the repetitions left, which is to be said.
 */
#ifndef CHECK_EXT_BEHIND_H
#define CHECK_EXT_BEHIND_H

#include <stddef.h>

#include "page.h"
#include "registry.h"

/* Before a test; and after one that was repeated in its process. */
void ck_behind_note(struct ck_slot *slot);
void ck_behind_add(const struct ck_test *test, int index);

/* What there was before the test; 0 where nothing was. */
int ck_behind_describe(const struct ck_slot *slot, struct ck_runner *runner,
                       char *text, size_t size);

/* One line on stderr for all such tests of the run. */
void ck_behind_say(struct ck_runner *runner);

#endif
