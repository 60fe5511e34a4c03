/* SPDX-License-Identifier: MIT */
/*
 * Why a test is not gated: by what was registered, and by what the program
 * said.
 */
#ifndef CHECK_EXT_ELIGIBLE_H
#define CHECK_EXT_ELIGIBLE_H

#include "registry.h"

/* NULL if it is gated; else good as long as the test. */
const char *ck_refusal(struct ck_test *test);

#endif
