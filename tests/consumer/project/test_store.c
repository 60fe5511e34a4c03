/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>

#include "store.h"

START_TEST(test_add) { ck_assert_int_ge(store_add("something"), 1); }
END_TEST

START_TEST(test_measure) { ck_assert_int_eq(store_measure("something"), 9); }
END_TEST

/* Fails when asked to, so that an ordinary failure can be compared too. */
START_TEST(test_mood) {
  ck_assert_msg(getenv("STORE_MOOD") == NULL, "today's mood is %s",
                getenv("STORE_MOOD"));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Store");
  TCase *core = tcase_create("Core");
  tcase_add_test(core, test_add);
  tcase_add_test(core, test_measure);
  tcase_add_test(core, test_mood);
  suite_add_tcase(suite, core);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
