/* SPDX-License-Identifier: MIT */
/* A test that leaks and one that does not, for programs in which functions of
   libc's are mocks: they call nothing of libc's but malloc and free.  With
   FAILS the first one fails by itself, as the gate has it fail. */
#include <check.h>
#include <stdlib.h>

static void *kept[100000];
static int n;

START_TEST(test_leak) {
  kept[n++ % 100000] = malloc(32);
#ifdef FAILS
  ck_assert(n < 0);
#endif
  ck_assert(n > 0);
}
END_TEST

START_TEST(test_clean) {
  void *volatile block = malloc(32);
  ck_assert(block != NULL);
  free(block);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Mocks");
  TCase *tcase = tcase_create("Core");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, test_leak);
  tcase_add_test(tcase, test_clean);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed;
}
