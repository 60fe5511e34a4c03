/* SPDX-License-Identifier: MIT */
/* What is said of a test case, in a program that is complete.  With the
   argument "ungated" some test has to be not gated, else all have to be. */
#include <check_leak.h>
#include <stdlib.h>
#include <string.h>

static void make_folder(void) {}
static void remove_folder(void) {}

START_TEST(test_migrates) { ck_assert_int_eq(1, 1); }
END_TEST

START_TEST(test_writes_a_file) { ck_assert_int_eq(1, 1); }
END_TEST

static int ungated(SRunner *runner) {
  int found = 0;
  LeakResult **results = srunner_leak_results(runner);
  for (int i = 0; results && results[i]; i++)
    found += lr_outcome(results[i]) == LEAK_NOT_GATED;
  free(results);
  return found;
}

int main(int argc, char **argv) {
  int wants = argc > 1 && strcmp(argv[1], "ungated") == 0;
  Suite *suite = suite_create("Suite");
  TCase *tc = tcase_create("Core");
  tcase_add_checked_fixture(tc, make_folder, remove_folder);
  tcase_add_test(tc, test_migrates);
  tcase_add_test(tc, test_writes_a_file);
  /* SNIPPET */
  suite_add_tcase(suite, tc);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_SILENT);
  int failed = srunner_ntests_failed(runner) || !!ungated(runner) != wants;
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
