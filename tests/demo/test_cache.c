/* SPDX-License-Identifier: MIT */
/* An ordinary Check program.  Nothing in it knows of leakslope. */
#include <check.h>
#include <stdlib.h>

#include "cache.h"

START_TEST(test_handle_request) { ck_assert_ptr_nonnull(handle_request(7)); }
END_TEST

START_TEST(test_bounded_cache) {
  ck_assert_ptr_nonnull(handle_request_bounded(7));
}
END_TEST

START_TEST(test_late_singleton) {
  ck_assert_str_eq(message_text(3), "message 3");
}
END_TEST

START_TEST(test_clean) {
  char *text = malloc(100);
  ck_assert_ptr_nonnull(text);
  free(text);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Cache");
  TCase *core = tcase_create("Core");
  tcase_add_test(core, test_handle_request);
  tcase_add_test(core, test_bounded_cache);
  tcase_add_test(core, test_late_singleton);
  tcase_add_test(core, test_clean);
  suite_add_tcase(suite, core);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
