/* SPDX-License-Identifier: MIT */
/* What most of the programs here need: one suite, run, failures counted. */
#ifndef GATE_SUITE_H
#define GATE_SUITE_H

#include <check.h>
#include <stdlib.h>

static inline TCase *add_case(Suite *suite, const char *name) {
  TCase *tcase = tcase_create(name);
  suite_add_tcase(suite, tcase);
  return tcase;
}

/* A test case of its own for one test. */
static inline void add_test(Suite *suite, const char *name, const TTest *test) {
  _tcase_add_test(add_case(suite, name), test, 0, 0, 0, 1);
}

static inline int run_suite(Suite *suite) {
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* One block, kept for ever and within reach. */
static inline void leak(void) {
  static struct kept { struct kept *next; } * all;
  struct kept *one = malloc(sizeof *one);
  if (!one) abort();
  one->next = all;
  all = one;
}

#endif
