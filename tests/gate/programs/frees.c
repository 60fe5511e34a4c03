/* SPDX-License-Identifier: MIT */
/* A program of which nothing is alive at its end, with all that it can say to
   the gate. */
#include <check_leak.h>

#include "suite.h"

static void nothing(void) {}

START_TEST(test_one) { ck_assert_int_eq(1 + 2, 3); }
END_TEST

START_TEST(test_each) { ck_assert(_i < 4); }
END_TEST

int main(void) {
  Suite *suite = suite_create("Frees");
  TCase *tcase = add_case(suite, "Core");
  tcase_set_tags(tcase, "one two");
  tcase_add_checked_fixture(tcase, nothing, nothing);
  tcase_add_unchecked_fixture(tcase, nothing, nothing);
  tcase_set_leak_bound(tcase, "nobody", 3);
  tcase_set_leak_settle(tcase, nothing);
  tcase_add_test(tcase, test_one);
  tcase_add_loop_test(tcase, test_each, 0, 4);
  tcase_add_ungated_test(tcase, test_one, "for a reason");
  SRunner *runner = srunner_create(suite);
  srunner_set_leak_scope(runner, LEAK_SCOPE_TEST | LEAK_SCOPE_SUITE);
  srunner_set_leak_json(runner, "frees.json");
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  free(srunner_leak_results(runner));
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
