/* SPDX-License-Identifier: MIT */
/* A group of cmocka's tests as a run of the gate. */
#ifndef LS_ADAPTERS_CMOCKA_RUN_H
#define LS_ADAPTERS_CMOCKA_RUN_H

#include "adapters/cmocka/framework.h"

/* cmocka_run_group_tests(): runs the group, gated. */
int cm_run(const char *name, const struct CMUnitTest *tests, size_t n,
           CMFixtureFunction set_up, CMFixtureFunction tear_down);

/* An assertion of the running test has failed, or the test skips itself.
   Returns where cmocka is to go on with that. */
void cm_run_failed(const char *file, int line);
void cm_run_skipped(const char *file, int line);

/* What the program has set. */
struct cm_settings {
  const char *filter, *skip;
  enum cm_message_output output;
};
extern struct cm_settings cm_settings;

#endif
