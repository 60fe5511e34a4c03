/* SPDX-License-Identifier: MIT */
/*
 * cmocka's header with what has to be included before it, cmocka's own
 * functions behind those that we take the place of, and what takes their place.
 */
#ifndef LS_ADAPTERS_CMOCKA_ADAPTER_H
#define LS_ADAPTERS_CMOCKA_ADAPTER_H

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* What we define of it is seen by the program and by libcmocka. */
#pragma GCC visibility push(default)
#include <cmocka.h>
#pragma GCC visibility pop

/* In the library behind us. */
#define CM_NEXT(name) ((__typeof(&(name)))(uintptr_t)dlsym(RTLD_NEXT, #name))

/* 0 where there is no cmocka: preloaded, this may be a shell on the way to the
   program. */
int cm_is_there(void);

int cm_real_run(const char *name, const struct CMUnitTest *tests, size_t n,
                CMFixtureFunction set_up, CMFixtureFunction tear_down);

/* Adds to the message of the test that is running. */
void cm_real_say(const char *text);

/* ---- run.c ----------------------------------------------------------------
 */

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
