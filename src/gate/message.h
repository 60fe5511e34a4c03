/* SPDX-License-Identifier: MIT */
/*
 * The text of a failure, as the framework is given it.
 *
 * First line: the leak and its place.  Lines after it begin with '#', which
 * TAP reads as a comment.  A framework may end the program over a text that is
 * longer than its limit (Check does), so the text is cut at the end of a line,
 * with a note.
 */
#ifndef LS_GATE_MESSAGE_H
#define LS_GATE_MESSAGE_H

#include <leakslope.h>
#include <stddef.h>

#include "gate/gate.h"
#include "gate/page.h"

/* Writes the text for what was measured; `repeat` is in its last line. */
void lsg_message_write(char *text, size_t size,
                       const struct leakslope_report *report,
                       const char *repeat, const struct lsg_slot *slot);

/* As many lines of `whole` as the framework takes. */
void lsg_message_cut(char *text, size_t size, const char *whole);

#endif
