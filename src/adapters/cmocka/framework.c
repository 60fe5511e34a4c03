/* SPDX-License-Identifier: MIT */
/* Finds cmocka's own functions, in the library behind us. */
#include "adapters/cmocka/framework.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#define NEXT(name) ((__typeof(&(name)))(uintptr_t)dlsym(RTLD_NEXT, #name))

int cm_is_there(void) { return NEXT(_cmocka_run_group_tests) != NULL; }

int cm_real_run(const char *name, const struct CMUnitTest *tests, size_t n,
                CMFixtureFunction set_up, CMFixtureFunction tear_down) {
  return NEXT(_cmocka_run_group_tests)(name, tests, n, set_up, tear_down);
}

/* Older versions do not have all of these. */

void cm_real_filter(const char *pattern) {
  __typeof(&cmocka_set_test_filter) next = NEXT(cmocka_set_test_filter);
  if (next) next(pattern);
}

void cm_real_skip_filter(const char *pattern) {
  __typeof(&cmocka_set_skip_filter) next = NEXT(cmocka_set_skip_filter);
  if (next) next(pattern);
}

void cm_real_output(enum cm_message_output output) {
  __typeof(&cmocka_set_message_output) next = NEXT(cmocka_set_message_output);
  if (next) next(output);
}

void cm_real_fail(const char *file, int line) {
  NEXT(_fail)(file, line);
  abort();
}

void cm_real_skip(const char *file, int line) {
  NEXT(_skip)(file, line);
  abort();
}

/* It has no declaration in cmocka.h, and may be missing. */
void cm_real_say(const char *text) {
  void (*say)(const char *, ...) = (void (*)(const char *, ...))(
      uintptr_t)dlsym(RTLD_NEXT, "cm_print_error");
  if (say)
    say("%s\n", text);
  else
    fprintf(stderr, "%s\n", text);
}

int cm_real_old(const char *function, const void *tests, size_t n) {
  return ((int (*)(const void *, size_t))(uintptr_t)dlsym(RTLD_NEXT, function))(
      tests, n);
}
