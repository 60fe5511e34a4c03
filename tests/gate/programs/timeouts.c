/* SPDX-License-Identifier: MIT */
/*
 * Tests near their time limit and beyond.
 *   timeouts NAME LIMIT     LIMIT: seconds, or "default"
 */
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "suite.h"

static void sleep_for(double seconds) {
  struct timespec left = {(time_t)seconds,
                          (long)((seconds - (double)(time_t)seconds) * 1e9)};
  while (nanosleep(&left, &left)) {
  }
}

START_TEST(test_long) { sleep_for(3.5); }
END_TEST

START_TEST(test_short) { sleep_for(0.3); }
END_TEST

START_TEST(test_hangs) {
  for (;;) pause();
}
END_TEST

START_TEST(test_spins) {
  for (;;) {
  }
}
END_TEST

/* Each repetition takes longer than the one before. */
START_TEST(test_slows_down) {
  static int pass;
  sleep_for(0.1 * ++pass);
}
END_TEST

/* An alarm that nobody turned off: the process used to be gone by then. */
START_TEST(test_alarmed) {
  alarm(1);
  sleep_for(0.02);
}
END_TEST

/* Its sleep is not to be cut short: it would then end as it is meant to. */
START_TEST(test_sleeps_then_exits) {
  sleep(5);
  _exit(7);
}
END_TEST

static void hang(void) {
  for (;;) pause();
}

START_TEST(test_nothing) {}
END_TEST

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    const TTest *const *test;
  } tests[] = {
      {"long", &test_long},
      {"short", &test_short},
      {"hangs", &test_hangs},
      {"spins", &test_spins},
      {"slows", &test_slows_down},
      {"alarmed", &test_alarmed},
      {"setup", &test_nothing},
      {"teardown", &test_nothing},
      {"exits", &test_sleeps_then_exits},
  };
  if (argc < 3) return 64;
  Suite *suite = suite_create("Timeouts");
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
    if (strcmp(argv[1], tests[i].name)) continue;
    TCase *tcase = add_case(suite, tests[i].name);
    if (strcmp(argv[2], "default")) tcase_set_timeout(tcase, atof(argv[2]));
    int exits = !strcmp(argv[1], "exits");
    _tcase_add_test(tcase, *tests[i].test, 0, exits ? 7 : 0, 0, exits ? 8 : 1);
    if (!strcmp(argv[1], "setup")) tcase_add_checked_fixture(tcase, hang, NULL);
    if (!strcmp(argv[1], "teardown"))
      tcase_add_checked_fixture(tcase, NULL, hang);
  }
  add_test(suite, "after", test_nothing);
  return run_suite(suite);
}
