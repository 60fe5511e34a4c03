/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>

#include "src/cache.h"

START_TEST(test_copy) { free(cache_copy("a")); }
END_TEST

/* Not gated: see the tag below. */
START_TEST(test_rename) { free(cache_rename("a")); }
END_TEST

int main(void) {
  Suite *suite = suite_create("Cache");
  TCase *core = tcase_create("Core"), *once = tcase_create("Once");
  tcase_add_test(core, test_copy);
  tcase_set_tags(once, "leakslope:off");
  tcase_add_test(once, test_rename);
  suite_add_tcase(suite, core);
  suite_add_tcase(suite, once);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
