/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>

#include "pool.h"

START_TEST(test_kept) { ck_assert_ptr_nonnull(pool_get()); }
END_TEST

START_TEST(test_put_back) { pool_put(pool_get()); }
END_TEST

int main(void) {
  Suite *suite = suite_create("Pool");
  TCase *tcase = tcase_create("Pieces");
  tcase_add_test(tcase, test_kept);
  tcase_add_test(tcase, test_put_back);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
