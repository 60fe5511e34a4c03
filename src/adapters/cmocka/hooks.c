/* SPDX-License-Identifier: MIT */
/*
 * Takes the functions of cmocka's that programs call, by their names: from a
 * library that is preloaded, or from an archive in front of libcmocka.
 */
#include <stdio.h>

#include "adapters/cmocka/adapter.h"
#include "gate/gate.h"

/* What has a link line take this file although libcmocka stands before. */
__attribute__((visibility("default"))) extern const int leakslope_cmocka;
const int leakslope_cmocka = 1;

int _cmocka_run_group_tests(const char *name,
                            const struct CMUnitTest *const tests,
                            const size_t n, CMFixtureFunction set_up,
                            CMFixtureFunction tear_down) {
  /* A group inside of a test is the test's own. */
  if (!ls_gate_is_on() || ls_gate_is_open())
    return cm_real_run(name, tests, n, set_up, tear_down);
  return cm_run(name, tests, n, set_up, tear_down);
}

void _fail(const char *const file, const int line) {
  cm_run_failed(file, line);
  CM_NEXT(_fail)(file, line);
}

void _skip(const char *const file, const int line) {
  cm_run_skipped(file, line);
  CM_NEXT(_skip)(file, line);
}

void cmocka_set_test_filter(const char *pattern) {
  cm_settings.filter = pattern;
  CM_NEXT(cmocka_set_test_filter)(pattern);
}

void cmocka_set_skip_filter(const char *pattern) {
  cm_settings.skip = pattern;
  CM_NEXT(cmocka_set_skip_filter)(pattern);
}

void cmocka_set_message_output(enum cm_message_output output) {
  cm_settings.output = output;
  CM_NEXT(cmocka_set_message_output)(output);
}

/* ---- cmocka's first interface -------------------------------------------- */

/* Deprecated, and gone from later versions: its tests are not gated, and that
   is said.  By the assembler's name: cmocka.h declares them in some versions
   alone. */
#define OLD(name)                                                          \
  int cm_old_##name(const void *tests, size_t n) __asm__(#name)            \
      __attribute__((visibility("default")));                              \
  int cm_old_##name(const void *tests, size_t n) {                         \
    if (ls_gate_is_on() && !ls_gate_is_open())                             \
      fprintf(stderr, "leakslope: not gated: the tests of a " #name        \
                      "(): cmocka_run_group_tests() is what is gated\n");  \
    return ((__typeof(&cm_old_##name))(uintptr_t)dlsym(RTLD_NEXT, #name))( \
        tests, n);                                                         \
  }
OLD(_run_tests)
OLD(_run_group_tests)
