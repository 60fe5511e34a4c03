/* SPDX-License-Identifier: MIT */
/* A sanitizer keeps freed blocks back: the process grows, the program does
   not. */
#include <string.h>

#include "suite.h"

START_TEST(test_churn) {
  enum { BLOCKS = 8, SIZE = 2000 };
  for (int i = 0; i < BLOCKS; i++) {
    char *block = malloc(SIZE);
    memset(block, 1, SIZE);
    free(block);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Quarantine");
  add_test(suite, "churn", test_churn);
  return run_suite(suite);
}
