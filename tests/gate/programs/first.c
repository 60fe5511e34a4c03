/* SPDX-License-Identifier: MIT */
/* A test that leaks in the first of its copies only. */
#include <fcntl.h>
#include <unistd.h>

#include "suite.h"

static int claimed;

/* The proper pass claims nothing; the first process after it, the name. */
START_TEST(test_leaks_in_first_copy) {
  static int pass;
  if (++pass == 2)
    claimed = open("claimed", O_WRONLY | O_CREAT | O_EXCL, 0666) >= 0;
  if (claimed) leak();
}
END_TEST

START_TEST(test_leaks_in_both) { leak(); }
END_TEST

int main(void) {
  Suite *suite = suite_create("First");
  TCase *first = add_case(suite, "first");
  tcase_add_test(first, test_leaks_in_first_copy);
  const char *only = getenv("CK_RUN_CASE");
  if (only) add_test(suite, "both", test_leaks_in_both);
  return run_suite(suite);
}
