/* SPDX-License-Identifier: MIT */
/* check_leak.h in C++: options are a struct. */
#include <check_leak.h>

#include <cstdlib>

START_TEST(test_plus) { free(malloc(1)); }
END_TEST

int main() {
  Suite *suite = suite_create("Plus");
  TCase *tcase = tcase_create("plus");
  LeakOptions options = LeakOptions();
  options.iterations = 40;
  tcase_add_leak_test_with(tcase, test_plus, options);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_set_leak_json(runner, NULL);
  srunner_set_leak_html(runner, NULL);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner) + srunner_ntests_leaked(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
