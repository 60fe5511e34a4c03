/* SPDX-License-Identifier: MIT */
#include <check.h>

#include "shelf.h"

START_TEST(test_gated) {
  free(shelf_gated());
  free(shelf_macro());
  free(shelf_inlined());
  free(shelf_wrapped());
  free(shelf_grabbed());
  free(shelf_sometimes(0));
  ck_assert_ptr_nonnull(shelf_table());
  FILE *file = shelf_open("/proc/self/status");
  free(shelf_line(file));
  fclose(file);
}
END_TEST

START_TEST(test_ungated) {
  free(shelf_ungated());
  free(shelf_inlined_ungated());
  free(shelf_excluded());
}
END_TEST

START_TEST(test_both) { free(shelf_both()); }
END_TEST

/* Cannot be repeated. */
START_TEST(test_exiting) {
  free(shelf_exiting());
  exit(3);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Shelf");
  TCase *tcase = tcase_create("Off");
  tcase_set_tags(tcase, "leakslope:off");
  tcase_add_test(tcase, test_ungated);
  tcase_add_test(tcase, test_both);
  suite_add_tcase(suite, tcase);
  tcase = tcase_create("Core");
  tcase_add_test(tcase, test_gated);
  tcase_add_test(tcase, test_both);
  suite_add_tcase(suite, tcase);
  tcase = tcase_create("Exits"); /* not without fork */
  tcase_set_tags(tcase, "exits");
  tcase_add_exit_test(tcase, test_exiting, 3);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
