/* SPDX-License-Identifier: MIT */
/* The bodies as tests of cmocka; nothing of leakslope's is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define KIT_ASSERT(condition) assert_true(condition)
#include "bodies.h"

#define TEST(name)                        \
  static void test_##name(void **state) { \
    (void)state;                          \
    body_##name();                        \
  }
KIT_EACH(TEST)

/* cmocka has no limit of time: a test that hangs would hang for ever, and a
   repetition that does is ended after a minute. */
static int hangs(CMUnitTestFunction test) {
  return test == test_too_long || test == test_hangs_late;
}

#define ADD(name) {"test_" #name, test_##name, NULL, NULL, NULL},

int main(void) {
  struct CMUnitTest all[] = {KIT_EACH(ADD)};
  struct CMUnitTest limited[sizeof all / sizeof *all];
  size_t n = 0;
  (void)body_refused;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (!hangs(all[i].test_func)) limited[n++] = all[i];
  return _cmocka_run_group_tests("Kit", limited, n, NULL, NULL) ? EXIT_FAILURE
                                                                : EXIT_SUCCESS;
}
