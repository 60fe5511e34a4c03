/* SPDX-License-Identifier: MIT */
#include <check.h>

#include "shelf.h"

/* A leak is a verdict. */
START_TEST(test_loft) { ck_assert_ptr_nonnull(loft_gated()); }
END_TEST

int main(void) {
  Suite *suite = suite_create("Loft");
  TCase *tcase = tcase_create("Core");
  tcase_add_test(tcase, test_loft);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
