/* SPDX-License-Identifier: MIT */
/*
 * The failure text that Check is given.
 *
 * First line: the leak and its place.  Lines after it begin with '#', which
 * TAP reads as a comment.  Check ends the program over a text that is longer
 * than its limit, so it is cut at the end of a line, with a note.
 */
#ifndef CHECK_EXT_MESSAGE_H
#define CHECK_EXT_MESSAGE_H

#include <leakslope.h>
#include <stddef.h>

#include "page.h"
#include "registry.h"

enum { CK_MESSAGE_SIZE = 3584 };

/* In front of a gated program's name on a command line. */
#ifdef CK_PRELOAD_NAME
#define CK_STARTED_BY "leakslope run -- "
#else
#define CK_STARTED_BY ""
#endif

/* Writes the text for what was measured; `repeat` is in its last line. */
void ck_message_write(char *text, size_t size,
                      const struct leakslope_report *report, const char *repeat,
                      const struct ck_slot *slot);

/* The command that repeats a test, and all tests of a suite or of the runner;
   good until the next call. */
const char *ck_message_repeat(const struct leakslope_report *report,
                              const struct ck_test *test);
const char *ck_message_repeat_scope(int suite);

/* The program asked Check for another limit. */
void ck_message_limit(size_t size);

/* As many lines of `whole` as Check takes. */
void ck_message_cut(char *text, size_t size, const char *whole);

#endif
