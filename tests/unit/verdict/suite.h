/* SPDX-License-Identifier: MIT */
/* What every test program of this folder ends with. */
#ifndef LS_TESTS_VERDICT_SUITE_H
#define LS_TESTS_VERDICT_SUITE_H

#include <check.h>
#include <stdlib.h>

/* Seconds; a sanitizer build at -O0 takes 20 times as long as the others. */
enum { SUITE_TIMEOUT = 300 };

static inline int suite_run(Suite *suite) {
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
