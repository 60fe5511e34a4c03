/* SPDX-License-Identifier: MIT */
/* usage: suite_of N MS LEAKS: N tests that sleep MS milliseconds each, of which
   the first and every N / LEAKS-th after it loses a block. */
#include <check.h>
#include <stdlib.h>
#include <time.h>

static int n, ms, each;
void *suite_of_lost;

START_TEST(test_one) {
  const struct timespec pause = {ms / 1000, ms % 1000 * 1000000L};
  void *block = malloc(40);
  nanosleep(&pause, NULL);
  if (each && _i % each == 0)
    suite_of_lost = block;
  else
    free(block);
}
END_TEST

int main(int argc, char **argv) {
  if (argc != 4) return EXIT_FAILURE;
  n = atoi(argv[1]);
  ms = atoi(argv[2]);
  each = atoi(argv[3]) ? n / atoi(argv[3]) : 0;
  Suite *suite = suite_create("suite_of");
  TCase *tcase = tcase_create("core");
  tcase_add_loop_test(tcase, test_one, 0, n);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_SILENT);
  srunner_free(runner);
  return EXIT_SUCCESS;
}
