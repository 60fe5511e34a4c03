/* SPDX-License-Identifier: MIT */
/* Fifty tests that do next to nothing: what is left is the forking. */
#include <stdlib.h>

#include "suite.h"

enum { TESTS = 50 };

START_TEST(test_nothing) {
  void *volatile block = malloc(1);
  free(block);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Faults");
  TCase *tcase = add_case(suite, "Core");
  for (int i = 0; i < TESTS; i++) tcase_add_test(tcase, test_nothing);
  return run_suite(suite);
}
