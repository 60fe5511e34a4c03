/* SPDX-License-Identifier: MIT */
/*
 * Checks of ours that stand behind all tests of a run.
 *
 * What the gate has to say of a run as a whole, and not of one of its tests, is
 * said by a check that fails: then the run fails in whatever way the program
 * counts failures.
 */
#ifndef CHECK_EXT_ADDED_H
#define CHECK_EXT_ADDED_H

#include "list.h"

/* The same check under two names: in full, "leakslope:not_armed", where the
   test case has to be named as a filter of the user's says; else without the
   prefix, in a test case named after us. */
struct ck_added {
  TTest full, brief;
};

#define CK_ADDED(name, function)                                   \
  {                                                                \
    {name, function, __FILE__, __LINE__}, {                        \
      name + sizeof "leakslope:" - 1, function, __FILE__, __LINE__ \
    }                                                              \
  }

/* To this run; to be called before it. */
void ck_added_add(SRunner *sr, const struct ck_filter *filter,
                  const struct ck_added *check);

/* Whether a result's name is that of this check. */
int ck_added_is(const struct ck_added *check, const char *name);

#endif
