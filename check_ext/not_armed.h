/* SPDX-License-Identifier: MIT */
/*
 * A check that fails where the gate is not armed.
 */
#ifndef CHECK_EXT_NOT_ARMED_H
#define CHECK_EXT_NOT_ARMED_H

#include "list.h"

/* The verdicts of a gate that sees nothing would all be good: so a failed
   check says that it is off. */
void ck_not_armed_add(SRunner *sr, const struct ck_filter *filter);

/* Whether a result's name is that of this check. */
int ck_is_not_armed(const char *name);

#endif
