/* SPDX-License-Identifier: MIT */
/* What is said of a test case, in a program that is complete. */
#include <check_leak.h>
#include <stdlib.h>

static void make_folder(void) {}
static void remove_folder(void) {}

START_TEST(test_migrates) { ck_assert_int_eq(1, 1); }
END_TEST

START_TEST(test_writes_a_file) { ck_assert_int_eq(1, 1); }
END_TEST

int main(void) {
  Suite *suite = suite_create("Suite");
  TCase *tc = tcase_create("Core");
  tcase_add_checked_fixture(tc, make_folder, remove_folder);
  tcase_add_test(tc, test_migrates);
  tcase_add_test(tc, test_writes_a_file);
  /* SNIPPET */
  suite_add_tcase(suite, tc);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_SILENT);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
