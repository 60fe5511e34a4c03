/* SPDX-License-Identifier: MIT */
/* Tests that pass, and a destructor that then ends their process otherwise, as
   LeakSanitizer does, or a library whose clean-up aborts; or a thread that
   crashes while the test's own tear-down waits for it. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
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

static atomic_int is_torn_down;
static pthread_t thread;

static void *crash(void *arg) {
  while (!atomic_load(&is_torn_down)) usleep(100);
  raise(SIGSEGV);
  return arg;
}

START_TEST(test_crashes_in_tear_down) {
  if (pthread_create(&thread, NULL, crash, NULL)) abort();
}
END_TEST

static void let_crash(void) {
  atomic_store(&is_torn_down, 1);
  pthread_join(thread, NULL);
}

static int is_forked(void) {
  const char *fork = getenv("CK_FORK");
  return !fork || strcmp(fork, "no") != 0;
}

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
  TCase *threaded = add_case(suite, "threaded");
  tcase_add_checked_fixture(threaded, NULL, let_crash);
  if (is_forked()) tcase_add_test(threaded, test_crashes_in_tear_down);
  return run_suite(suite);
}
