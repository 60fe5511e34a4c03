/* SPDX-License-Identifier: MIT */
/*
 * Texts for Check and for its users, by Check's own rules.
 */
#ifndef CHECK_EXT_TEXT_H
#define CHECK_EXT_TEXT_H

#include "gate/gate.h"

/* In front of a gated program's name on a command line. */
#ifdef CK_PRELOAD_NAME
#define CK_STARTED_BY "leakslope run -- "
#else
#define CK_STARTED_BY ""
#endif

/* The program asked Check for another limit on messages; and what they may be
   long with Check's own framing, in bytes. */
void ck_text_limit(size_t size);
size_t ck_text_longest(void);

/* The variables that have this test run alone. */
void ck_text_select(const struct ls_gate_test *test, char *text, size_t size);

#endif
