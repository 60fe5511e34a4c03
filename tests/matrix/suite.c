/* SPDX-License-Identifier: MIT */
/*
 * What a suite may have in it; what each test is to be judged as stands in
 * matrix.py.  Nothing of leakslope's is named.
 */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void *volatile kept;
static void *cache[16];

static void keep(void) {
  void **block = malloc(48);
  *block = kept;
  kept = block;
}

/* ---- bodies -------------------------------------------------------------- */

START_TEST(test_reachable) { keep(); }
END_TEST

START_TEST(test_lost) { kept = malloc(48); }
END_TEST

START_TEST(test_freed) {
  void *volatile block = malloc(48);
  ck_assert_ptr_ne(block, NULL);
  free(block);
}
END_TEST

START_TEST(test_bounded) {
  static unsigned next;
  free(cache[next % 16]);
  cache[next++ % 16] = malloc(48);
}
END_TEST

START_TEST(test_lazy) {
  static void *volatile table;
  if (!table) table = malloc(4096);
}
END_TEST

START_TEST(test_loop) {
  mark_point();
  if (_i % 2) keep();
}
END_TEST

START_TEST(test_once) {
  static int passes;
  keep();
  ck_assert_msg(passes++ == 0, "it has run before");
}
END_TEST

START_TEST(test_fails) { ck_assert_int_eq(1 + 1, 3); }
END_TEST

START_TEST(test_exits) { exit(3); }
END_TEST

START_TEST(test_raises) { raise(SIGTERM); }
END_TEST

START_TEST(test_crashes) { raise(SIGSEGV); }
END_TEST

START_TEST(test_ends) { exit(0); }
END_TEST

START_TEST(test_forks) {
  pid_t pid = check_fork();
  if (pid == 0) _exit(0);
  check_waitpid_and_exit(pid);
}
END_TEST

START_TEST(test_named) { ck_assert_str_eq(tcase_name(), "test_named"); }
END_TEST

/* ---- fixtures ------------------------------------------------------------ */

static void *volatile object;
static void make(void) { object = malloc(64); }
static void destroy(void) { free(object); }
static void forget(void) { object = NULL; }
static void refuse(void) { ck_abort_msg("the set-up fails"); }

/* ---- all of it ----------------------------------------------------------- */

static TCase *add(Suite *suite, const char *name) {
  TCase *tcase = tcase_create(name);
  suite_add_tcase(suite, tcase);
  return tcase;
}

static Suite *ordinary(void) {
  Suite *suite = suite_create("Ordinary");
  TCase *tcase = add(suite, "Core");
  tcase_add_test(tcase, test_reachable);
  tcase_add_test(tcase, test_lost);
  tcase_add_test(tcase, test_freed);
  tcase_add_test(tcase, test_bounded);
  tcase_add_test(tcase, test_lazy);
  tcase_add_test(tcase, test_named);
  tcase_add_test(tcase, test_fails);
  tcase_add_test(tcase, test_once);
  tcase = add(suite, "Loop");
  tcase_add_loop_test(tcase, test_loop, 0, 4);
  tcase_set_timeout(tcase, 30);
  tcase = add(suite, "Again");
  tcase_add_test(tcase, test_reachable);
  tcase = add(suite, "Tagged");
  tcase_set_tags(tcase, "slow leakslope:off");
  tcase_add_test(tcase, test_reachable);
  return suite;
}

static Suite *fixtures(void) {
  Suite *suite = suite_create("Fixtures");
  TCase *tcase = add(suite, "Freed");
  tcase_add_checked_fixture(tcase, make, destroy);
  tcase_add_test(tcase, test_freed);
  tcase_add_test(tcase, test_reachable);
  tcase = add(suite, "Forgotten");
  tcase_add_checked_fixture(tcase, make, forget);
  tcase_add_test(tcase, test_freed);
  tcase = add(suite, "Unchecked");
  tcase_add_unchecked_fixture(tcase, make, destroy);
  tcase_add_test(tcase, test_freed);
  tcase = add(suite, "Failing");
  tcase_add_checked_fixture(tcase, refuse, NULL);
  tcase_add_test(tcase, test_freed);
  return suite;
}

/* In a process of their own only. */
static Suite *endings(void) {
  Suite *suite = suite_create("Endings");
  TCase *tcase = add(suite, "Core");
  tcase_add_exit_test(tcase, test_exits, 3);
  tcase_add_test_raise_signal(tcase, test_raises, SIGTERM);
  tcase_add_test_raise_signal(tcase, test_crashes, SIGSEGV);
  tcase_add_test(tcase, test_ends);
  tcase_add_test(tcase, test_forks);
  return suite;
}

int main(void) {
  SRunner *runner = srunner_create(ordinary());
  srunner_add_suite(runner, fixtures());
  if (srunner_fork_status(runner) != CK_NOFORK)
    srunner_add_suite(runner, endings());
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed;
}
