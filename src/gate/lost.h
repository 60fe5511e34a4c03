/* SPDX-License-Identifier: MIT */
/*
 * One-shot losses: where LeakSanitizer is in the program, blocks that a test
 * has lost in its own pass, though nothing grows.
 *
 * It would say so itself when the test's process ends, of no test in
 * particular, and Check would say "Early exit".
 */
#ifndef LS_GATE_LOST_H
#define LS_GATE_LOST_H

#include <stddef.h>

#include "gate/page.h"

/* Before the first set-up of a test. */
void lsg_lost_begin(void);

/*
 * After its last tear-down: 1 where something is lost, with what LeakSanitizer
 * says, as the text of a failure, in `text`, and whole in the page for the
 * reports.
 */
int lsg_lost_find(struct lsg_page *page, struct lsg_slot *slot, char *text,
                  size_t size);

#endif
