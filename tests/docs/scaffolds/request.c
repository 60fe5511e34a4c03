/* SPDX-License-Identifier: MIT */
/* A test that finds a leak, since it asks for something new each time; the
   exit status says whether it does. */
#include <check_leak.h>
#include <stdlib.h>

static void *kept[100000];

static void handle_request(int number) {
  if (!kept[number]) kept[number] = malloc(16);
}

/* SNIPPET */

int main(void) {
  Suite *suite = suite_create("Suite");
  TCase *tc = tcase_create("Core");
  tcase_add_test(tc, test_request);
  suite_add_tcase(suite, tc);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_SILENT);
  int leaked = srunner_ntests_leaked(runner);
  srunner_free(runner);
  return leaked == 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
