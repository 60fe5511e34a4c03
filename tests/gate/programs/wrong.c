/* SPDX-License-Identifier: MIT */
/* What a sanitizer is there to find. */
#include <string.h>

#include "suite.h"

START_TEST(test_frees_twice) {
  char *volatile block = malloc(10);
  free(block);
  free(block);
}
END_TEST

START_TEST(test_frees_a_middle) {
  char *block = malloc(100), *volatile middle = block + 16;
  free(middle);
}
END_TEST

START_TEST(test_writes_beyond) {
  char *volatile block = malloc(10);
  block[10] = 1;
  free(block);
}
END_TEST

int main(int argc, char **argv) {
  Suite *suite = suite_create("Wrong");
  if (argc > 1 && !strcmp(argv[1], "twice"))
    add_test(suite, "twice", test_frees_twice);
  else if (argc > 1 && !strcmp(argv[1], "middle"))
    add_test(suite, "middle", test_frees_a_middle);
  else
    add_test(suite, "beyond", test_writes_beyond);
  return run_suite(suite);
}
