/* SPDX-License-Identifier: MIT */
/* Of two tests the one without a fixed seed leaks; the exit status says whether
   it is so. */
#include <check_leak.h>
#include <stdlib.h>
#include <string.h>

/* Leaks in one call of a hundred, by chance. */
static void draw(void) {
  static void **list;
  if (rand() % 100 != 0) return;
  void **block = malloc(16);
  *block = list;
  list = block;
}

/* SNIPPET */

int main(void) {
  Suite *suite = suite_create("Suite");
  TCase *tc = tcase_create("Core");
  tcase_add_test(tc, test_fixed);
  tcase_add_test(tc, test_free);
  suite_add_tcase(suite, tc);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_SILENT);
  LeakResult **leaks = srunner_leaks(runner);
  int as_said = leaks && leaks[0] && !leaks[1] &&
                !strcmp(lr_tname(leaks[0]), "test_free");
  free(leaks);
  srunner_free(runner);
  return as_said ? EXIT_SUCCESS : EXIT_FAILURE;
}
