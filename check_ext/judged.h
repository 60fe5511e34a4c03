/* SPDX-License-Identifier: MIT */
/*
 * A check that fails where too few tests of a run were judged.
 */
#ifndef CHECK_EXT_JUDGED_H
#define CHECK_EXT_JUDGED_H

#include "list.h"

/* Where CK_LEAK_JUDGED asks for it: a gate that judges nothing looks like one
   that has found nothing. */
void ck_judged_add(struct ck_runner *runner, const struct ck_filter *filter);

/* Whether a result's name is that of this check. */
int ck_is_judged(const char *name);

#endif
