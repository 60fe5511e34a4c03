/* SPDX-License-Identifier: MIT */
/*
 * A set-up function for each test case.
 *
 * Check calls set-ups without saying for which test case; so each test case
 * gets a function of its own out of a pool, and the function knows.  Beyond
 * the pool a test case has none: the user's time limit then does not cover
 * that test case's set-ups until Check's own, longer limit ends.
 */
#ifndef CHECK_EXT_SETUPS_H
#define CHECK_EXT_SETUPS_H

#include "registry.h"

/* The function for a test case, or NULL when the pool is used up. */
SFun ck_setup_for(struct ck_tcase *tcase);

#endif
