/* SPDX-License-Identifier: MIT */
/* Removes the folder that the report is to go to, and leaves its own. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite.h"

START_TEST(test_vanish) {
  unlink("gone/TEST-vanish_gated.xml");
  rmdir("gone");
  mkdir("elsewhere", 0777);
  ck_assert_int_eq(chdir("elsewhere"), 0);
}
END_TEST

static void back(void) {
  if (chdir("..")) perror("..");
}

int main(void) {
  Suite *suite = suite_create("Vanish");
  TCase *tcase = add_case(suite, "Core");
  tcase_set_tags(tcase, "leakslope:off");
  tcase_add_unchecked_fixture(tcase, NULL, NULL);
  tcase_add_test(tcase, test_vanish);
  (void)back;
  return run_suite(suite);
}
