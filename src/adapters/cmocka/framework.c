/* SPDX-License-Identifier: MIT */
/* Finds cmocka's own functions, in the library behind us. */
#include "adapters/cmocka/adapter.h"

#include <stdio.h>

int cm_is_there(void) { return CM_NEXT(_cmocka_run_group_tests) != NULL; }

int cm_real_run(const char *name, const struct CMUnitTest *tests, size_t n,
                CMFixtureFunction set_up, CMFixtureFunction tear_down) {
  return CM_NEXT(_cmocka_run_group_tests)(name, tests, n, set_up, tear_down);
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
