/* SPDX-License-Identifier: MIT */
/* Tests that create timers.  The line that a message has to name is marked. */
#include <signal.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "suite.h"

static timer_t created(void) {
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  timer_t timer;
  ck_assert(!timer_create(CLOCK_MONOTONIC, &event, &timer));
  return timer;
}

START_TEST(test_each) {
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  ck_assert(!timer_create(CLOCK_MONOTONIC, &event, &timer)); /* leaks */
}
END_TEST

START_TEST(test_one_in_four) {
  static int n;
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_NONE};
  ck_assert(!timer_create(CLOCK_MONOTONIC, &event, &timer)); /* leaks */
  if (n++ % 4) timer_delete(timer);
}
END_TEST

/* One with a descriptor is a descriptor. */
START_TEST(test_descriptor) {
  ck_assert(timerfd_create(CLOCK_MONOTONIC, 0) >= 0); /* leaks */
}
END_TEST

START_TEST(test_balanced) {
  timer_t one = created(), other = created();
  ck_assert(!timer_delete(one));
  ck_assert(!timer_delete(other));
  ck_assert(timer_delete(one));
}
END_TEST

START_TEST(test_eight_are_kept) {
  static timer_t kept[8];
  static unsigned n;
  if (n >= 8) timer_delete(kept[n % 8]);
  kept[n++ % 8] = created();
}
END_TEST

/* A child of fork has none of its parent's, and numbers of its own. */
static timer_t before;

static void create_before(void) { before = created(); }

START_TEST(test_created_before) {
  timer_t timer = created();
  ck_assert(!timer_delete(timer));
  ck_assert(before || !before);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("Timers");
  add_test(suite, "each", test_each);
  add_test(suite, "one_in_four", test_one_in_four);
  add_test(suite, "descriptor", test_descriptor);
  add_test(suite, "balanced", test_balanced);
  add_test(suite, "eight_are_kept", test_eight_are_kept);
  TCase *tcase = add_case(suite, "created_before");
  tcase_add_unchecked_fixture(tcase, create_before, NULL);
  tcase_add_test(tcase, test_created_before);
  return run_suite(suite);
}
