/* SPDX-License-Identifier: MIT */
/* One test that leaks and one that does not. */
#include <string.h>

#include "suite.h"

__attribute__((noinline)) static void keep(void) { leak(); }

START_TEST(test_leaks) { keep(); }
END_TEST

START_TEST(test_clean) { free(malloc(1)); }
END_TEST

START_TEST(test_talks) {
  static char text[2 << 20];
  memset(text, 'x', sizeof text - 1);
  ck_abort_msg("%s", text);
}
END_TEST

int main(int argc, char **argv) {
  if (argc > 2 && !strcmp(argv[1], "limit"))
    check_set_max_msg_size((size_t)atol(argv[2]));
  Suite *suite = suite_create("Leak");
  add_test(suite, "clean", test_clean);
  TCase *leaks = add_case(suite, "leaks");
  tcase_set_tags(leaks, "slow leaky");
  tcase_add_test(leaks, test_leaks);
  if (argc > 1 && !strcmp(argv[1], "talk"))
    add_test(suite, "talks", test_talks);
  return run_suite(suite);
}
