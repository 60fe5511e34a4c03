/* SPDX-License-Identifier: MIT */
/* Suites and test cases whose names mean something to a shell, to CMake, to
   the list of tests; the same test case in two suites. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *kept;

START_TEST(test_leaks) {
  void **block = malloc(40);
  *block = kept;
  kept = block;
}
END_TEST

START_TEST(test_clean) { free(malloc(40)); }
END_TEST

START_TEST(test_loops) { ck_assert_int_ge(_i, 0); }
END_TEST

static const char *const names[][2] = {
    {"One", "Core"},
    {"Two", "Core"},
    {"two words", "x y  z"},
    {"semi;colon", "a;b"},
    {"\"quoted\"", "it's"},
    {"$HOME ${x} $(id)", "`id`"},
    {"back\\slash", "end\\"},
    {"[open", "close]"},
    {"]=]", "a]="},
    {"a/b", "c"},
    {"a", "b/c"},
    {"#hash", "%s @x@"},
    {"<&>", "*?~!"},
    {"caf\xc3\xa9", "-E"},
    {"=", "A=B"},
};

int main(int argc, char **argv) {
  SRunner *runner = srunner_create(NULL);
  printf("some/other/line\n");
  if (argc != 2 || strcmp(argv[1], "an argument")) return 64;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    Suite *suite = suite_create(names[i][0]);
    TCase *tcase = tcase_create(names[i][1]);
    tcase_add_test(tcase, test_clean);
    if (i == 1 || i == 10) tcase_add_test(tcase, test_leaks);
    tcase_add_loop_test(tcase, test_loops, 0, 2);
    suite_add_tcase(suite, tcase);
    srunner_add_suite(runner, suite);
  }
  srunner_run_all(runner, CK_VERBOSE);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
