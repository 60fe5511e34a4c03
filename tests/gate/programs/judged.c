/* SPDX-License-Identifier: MIT */
/* Tests that are judged, one that cannot be repeated, and one that ends its
   process, which no gate can judge. */
#include <stdlib.h>
#include <string.h>

#include "suite.h"

START_TEST(test_flat) { free(malloc(16)); }
END_TEST

START_TEST(test_flat_too) { free(malloc(32)); }
END_TEST

START_TEST(test_once) {
  static int pass;
  ck_assert_int_eq(pass++, 0);
}
END_TEST

START_TEST(test_ends) { exit(3); }
END_TEST

int main(void) {
  Suite *suite = suite_create("Judged");
  TCase *flat = add_case(suite, "flat");
  tcase_add_test(flat, test_flat);
  tcase_add_test(flat, test_flat_too);
  add_test(suite, "once", test_once);
  const char *fork = getenv("CK_FORK");
  if (!fork || strcmp(fork, "no"))
    tcase_add_exit_test(add_case(suite, "ends"), test_ends, 3);
  return run_suite(suite);
}
