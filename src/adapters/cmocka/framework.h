/* SPDX-License-Identifier: MIT */
/*
 * cmocka's header with what has to be included before it, and cmocka's own
 * functions behind those that we take the place of.
 */
#ifndef LS_ADAPTERS_CMOCKA_FRAMEWORK_H
#define LS_ADAPTERS_CMOCKA_FRAMEWORK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* What we define of it is seen by the program and by libcmocka. */
#pragma GCC visibility push(default)
#include <cmocka.h>
#pragma GCC visibility pop

/* 0 where there is no cmocka: preloaded, this may be a shell on the way to the
   program. */
int cm_is_there(void);

int cm_real_run(const char *name, const struct CMUnitTest *tests, size_t n,
                CMFixtureFunction set_up, CMFixtureFunction tear_down);
void cm_real_filter(const char *pattern);
void cm_real_skip_filter(const char *pattern);
void cm_real_output(enum cm_message_output output);
void cm_real_fail(const char *file, int line) __attribute__((noreturn));
void cm_real_skip(const char *file, int line) __attribute__((noreturn));
int cm_real_old(const char *function, const void *tests, size_t n);

/* Adds to the message of the test that is running. */
void cm_real_say(const char *text);

#endif
