/* SPDX-License-Identifier: MIT */
/* Tests that pass, and a destructor that then ends their process otherwise, as
   LeakSanitizer does, or a library whose clean-up aborts. */
#include <unistd.h>

#include "suite.h"

static int how;

__attribute__((destructor)) static void at_end(void) {
  if (how == 1) _exit(3);
  if (how == 2) abort();
}

START_TEST(test_exits_at_end) { how = 1; }
END_TEST

START_TEST(test_aborts_at_end) {
  how = 2;
  ck_assert(how == 2);
  how = 2;
}
END_TEST

START_TEST(test_fine) { free(malloc(10)); }
END_TEST

static void nothing(void) {}

int main(void) {
  Suite *suite = suite_create("Ends");
  TCase *bare = add_case(suite, "bare");
  tcase_add_test(bare, test_exits_at_end);
  tcase_add_test(bare, test_aborts_at_end);
  tcase_add_test(bare, test_fine);
  TCase *dressed = add_case(suite, "dressed");
  tcase_add_checked_fixture(dressed, nothing, nothing);
  tcase_add_test(dressed, test_exits_at_end);
  tcase_add_test(dressed, test_fine);
  return run_suite(suite);
}
