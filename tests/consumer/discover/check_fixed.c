/* SPDX-License-Identifier: MIT */
/* What is run is chosen by the program itself. */
#include <check.h>

START_TEST(test_clean) { ck_assert(1); }
END_TEST

int main(void) {
  Suite *suite = suite_create("Fixed");
  TCase *tcase = tcase_create("Core");
  tcase_add_test(tcase, test_clean);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run(runner, "Fixed", "Core", CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
