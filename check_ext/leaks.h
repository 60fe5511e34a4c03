/* SPDX-License-Identifier: MIT */
/*
 * The results that check_leak.h gives out, one for each of Check's.
 */
#ifndef CHECK_EXT_LEAKS_H
#define CHECK_EXT_LEAKS_H

#include <leakslope.h>

#include "registry.h"

/* Adds one, with what was measured of it (NULL: `outcome` and `reason`). */
void ck_leaks_add(struct ck_runner *runner, const struct leakslope_case *test,
                  const struct leakslope_report *measured,
                  enum leakslope_outcome outcome, const char *reason);

#endif
