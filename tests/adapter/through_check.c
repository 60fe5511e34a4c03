/* SPDX-License-Identifier: MIT */
/* The bodies as tests of Check; nothing of leakslope's is named. */
#include <check.h>

#define KIT_ASSERT(condition) ck_assert(condition)
#include "bodies.h"

#define TEST(name)                           \
  START_TEST(test_##name) { body_##name(); } \
  END_TEST
KIT_EACH(TEST)
TEST(refused)

#define ADD(name) tcase_add_test(bodies, test_##name);

int main(void) {
  Suite *suite = suite_create("Kit");
  TCase *bodies = tcase_create("Bodies"), *off = tcase_create("Off");
  tcase_set_timeout(bodies, KIT_LIMIT);
  KIT_EACH(ADD)
  tcase_set_tags(off, "leakslope:off");
  tcase_add_test(off, test_refused);
  suite_add_tcase(suite, bodies);
  suite_add_tcase(suite, off);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
