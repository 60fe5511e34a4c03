/* SPDX-License-Identifier: MIT */
/* Tests that wait: little CPU time, much wall time.  Each pass writes a line,
   so that a driver can count what all repetitions of the program cost. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "suite.h"

static void *kept;

static void wait_for(long ms) {
  const struct timespec pause = {0, ms * 1000000};
  FILE *file = fopen("passes.txt", "a");
  ck_assert_ptr_nonnull(file);
  fprintf(file, "%ld\n", ms);
  fclose(file);
  nanosleep(&pause, NULL);
}

START_TEST(test_waits_3ms) { wait_for(3); }
END_TEST
START_TEST(test_waits_20ms) { wait_for(20); }
END_TEST
START_TEST(test_waits_50ms) { wait_for(50); }
END_TEST
START_TEST(test_leaks_20ms) {
  wait_for(20);
  kept = malloc(10);
}
END_TEST
START_TEST(test_quick) { free(malloc(10)); }
END_TEST

/* Only where the library is there. */
extern int leakslope_is_tracing(void) __attribute__((weak));

/* Whether it is traced, a line for each pass. */
static void say_traced(const char *who) {
  FILE *file = fopen("traced.txt", "a");
  if (!file) abort();
  fprintf(file, "%s %d\n", who,
          leakslope_is_tracing ? leakslope_is_tracing() : -1);
  fclose(file);
}

START_TEST(test_traced) { say_traced("test"); }
END_TEST

/* One pass in thirty waits for longer than the whole budget. */
START_TEST(test_waits_now_and_then) {
  static int passes;
  wait_for(++passes % 30 ? 1 : 900);
}
END_TEST

static void add(Suite *suite, const char *name, const TTest *test, int n) {
  TCase *tcase = tcase_create(name);
  tcase_add_loop_test(tcase, test, 0, n);
  suite_add_tcase(suite, tcase);
}

int main(int argc, char **argv) {
  Suite *suite = suite_create("Budgets");
  const char *which = argc > 1 ? argv[1] : "";
  if (!strcmp(which, "slow")) {
    add(suite, "slow", test_waits_20ms, 6);
  } else if (!strcmp(which, "leak first")) {
    add(suite, "leaks", test_leaks_20ms, 1);
    add(suite, "quick", test_quick, 5);
  } else if (!strcmp(which, "mixed")) {
    add(suite, "quick", test_quick, 40);
    add(suite, "slow", test_waits_20ms, 1);
  } else if (!strcmp(which, "many")) {
    add(suite, "slow", test_waits_20ms, 1);
    add(suite, "many", test_traced, 40);
    int failed = run_suite(suite);
    say_traced("runner");
    return failed;
  } else {
    add(suite, "waits_3ms", test_waits_3ms, 1);
    add(suite, "waits_20ms", test_waits_20ms, 1);
    add(suite, "waits_50ms", test_waits_50ms, 1);
    add(suite, "leaks_20ms", test_leaks_20ms, 1);
    add(suite, "rarely", test_waits_now_and_then, 1);
  }
  return run_suite(suite);
}
